"""Raw tables of Fivetran and Airbyte: what each connector leaves, and how it is read.

What the tables of a platform are is data, one YAML file each beside this; the modules read them.
"""
