// Times as Slack shows them, in the reader's own time zone.

const form = (options) => (date) => new Intl.DateTimeFormat("en-GB", options).format(date);
const clock = form({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const seconds = form({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const long = form({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const plain = form({ day: "numeric", month: "long", year: "numeric" });
const short = form({ day: "numeric", month: "short", year: "numeric" });
const dayShort = form({ day: "numeric", month: "short" });
const dayMonth = form({ weekday: "long", day: "numeric", month: "long" });
const iso = (date) => new Intl.DateTimeFormat("sv-SE").format(date);

const days = (date) => Math.round((new Date(iso(new Date())) - new Date(iso(date))) / 86400000);
const near = (date) => ({ 0: "today", 1: "yesterday", [-1]: "tomorrow" })[days(date)];
const pretty = (formatted) => (date) => near(date) || formatted(date);

function ago(date) {
  const past = (Date.now() - date) / 1000;
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(past) >= size) return relative.format(-Math.round(past / size), unit);
  }
  return "just now";
}

const TOKENS = {
  date_num: iso, date_slash: (date) => iso(date).replaceAll("-", "/"), date: plain,
  date_short: short, date_long: long, date_pretty: pretty(plain), date_short_pretty: pretty(short),
  date_long_pretty: pretty(long), day_divider_pretty: pretty(dayMonth), time: clock,
  time_secs: seconds, ago,
};

/** `<!date^EPOCH^FORMAT|fallback>`: the format with its tokens filled in. */
export function formatDate(epoch, format, fallback) {
  const date = new Date(Number(epoch) * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  const text = format.replace(/\{(\w+)\}/g, (whole, name) => (TOKENS[name] ? TOKENS[name](date) : whole));
  return text.charAt(0).toUpperCase() + text.slice(1);
}

export const dateOf = (ts) => new Date(Number(ts) * 1000);
export const timeOf = (ts) => clock(dateOf(ts));
export const dayOf = (ts) => iso(dateOf(ts));
export const fullTime = (ts) => `${long(dateOf(ts))} at ${seconds(dateOf(ts))}`;

/** "Today", "Yesterday", "Monday 16 November": the line between days. */
export function dayTitle(ts) {
  const title = near(dateOf(ts)) || dayMonth(dateOf(ts));
  return title.charAt(0).toUpperCase() + title.slice(1);
}

/** "09:14" today, "Yesterday at 09:14", "23 Nov at 09:14": in a thread, which has no lines between days. */
export function stampOf(ts) {
  const date = dateOf(ts);
  if (!days(date)) return timeOf(ts);
  const sameYear = date.getFullYear() === new Date().getFullYear();
  const said = `${near(date) || (sameYear ? dayShort : short)(date)} at ${timeOf(ts)}`;
  return said.charAt(0).toUpperCase() + said.slice(1);
}

/** "today at 09:14": when the last reply came. */
export const whenOf = (ts) => `${near(dateOf(ts)) || short(dateOf(ts))} at ${timeOf(ts)}`;
