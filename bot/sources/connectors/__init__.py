"""Fivetran's and Airbyte's raw tables: what each connector leaves in a warehouse, and how it is read.

What the tables of a platform are is data, one YAML file each beside this; the modules read them.
"""
