// What the page knows: the workspace as it is, and where its user is looking.

export const store = {
  ready: false, team: "", app: { name: "", user: "", home: false, commands: [] },
  users: new Map(), channels: new Map(), messages: new Map(), ephemerals: [],
  views: new Map(), homes: new Map(), prompts: new Map(), connected: false, lost: false,
  me: "", place: { kind: "channel", id: "" }, thread: null, read: {}, homeTab: "home",
};

const listeners = [];

/** Calls `listen` after every change. */
export function subscribe(listen) {
  listeners.push(listen);
}

export function changed() {
  for (const listen of listeners) listen();
}

const HOW = {
  hello: ({ state }) => load(state),
  message: ({ message }) => said(message.channel).set(message.ts, message),
  message_deleted: ({ channel, ts }) => said(channel).delete(ts),
  ephemeral: ({ ephemeral }) => {
    store.ephemerals = store.ephemerals.filter((each) => each.ts !== ephemeral.ts).concat(ephemeral);
  },
  ephemeral_deleted: ({ ts }) => {
    store.ephemerals = store.ephemerals.filter((each) => each.ts !== ts);
  },
  views: ({ user, views }) => store.views.set(user, views),
  prompts: ({ channel, title, prompts }) => store.prompts.set(channel, { title, prompts }),
  home: ({ user, view }) => store.homes.set(user, view),
  channel: ({ channel }) => store.channels.set(channel.id, channel),
  connection: ({ connected, lost }) => {
    store.connected = connected;
    store.lost = Boolean(lost);
  },
};

/** Takes in one change from the workspace. */
export function apply(change) {
  const how = HOW[change.change];
  if (how) how(change);
  changed();
}

function load(state) {
  store.team = state.team;
  store.app = state.app;
  store.users = new Map(state.users.map((each) => [each.id, each]));
  store.channels = new Map(state.channels.map((each) => [each.id, each]));
  store.messages = new Map();
  for (const message of state.messages) said(message.channel).set(message.ts, message);
  store.ephemerals = state.ephemerals;
  store.views = new Map();
  for (const view of state.views) store.views.set(view.user, [...(store.views.get(view.user) || []), view]);
  store.homes = new Map(Object.entries(state.homes));
  store.prompts = new Map(Object.entries(state.prompts));
  store.connected = state.connected;
  store.lost = false;
  if (!store.users.has(store.me)) store.me = people()[0].id;
  if (!store.channels.has(store.place.id)) store.place = { kind: "channel", id: channels()[0].id };
  store.ready = true;
}

/** The messages of a channel, by ts. */
export function said(channel) {
  if (!store.messages.has(channel)) store.messages.set(channel, new Map());
  return store.messages.get(channel);
}

const byTs = (a, b) => (a.ts < b.ts ? -1 : 1);

/** What the user sees in a channel, or in one of its threads: messages and their own ephemerals. */
export function timeline(channel, thread = null) {
  const here = (each) => (thread ? each.thread_ts === thread || each.ts === thread
    : !each.thread_ts || each.thread_ts === each.ts || each.broadcast);
  const whispers = store.ephemerals
    .filter((each) => each.channel === channel && each.user === store.me && here(each))
    .map((each) => ({ ...each, user: each.author, ephemeral: true }));
  return [...said(channel).values()].filter(here).concat(whispers).sort(byTs);
}

export const people = () => [...store.users.values()].filter((each) => !each.is_bot && each.id !== "USLACKBOT");
export const channels = () => [...store.channels.values()].filter((each) => each.kind !== "im");
export const me = () => store.users.get(store.me);

/** The direct messages of the user: `[channel, the other one]`, with the app or with people. */
export function dms(withApp) {
  return [...store.channels.values()]
    .filter((each) => each.kind === "im" && each.members.includes(store.me))
    .map((each) => [each, store.users.get(each.members.find((one) => one !== store.me))])
    .filter(([, other]) => other && (other.id === store.app.user) === withApp);
}

/** The channel with the app's direct messages for the user. */
export const appDm = () => (dms(true)[0] || [null])[0];

/** How many messages of others in a channel the user has not looked at. */
export function unread(channel) {
  if (!channel) return 0;
  const seen = (store.read[store.me] || {})[channel] || "0";
  const fresh = [...said(channel).values()].filter((each) => each.ts > seen && each.user !== store.me);
  return fresh.filter((each) => !each.thread_ts || each.thread_ts === each.ts).length;
}

/** Notes that the user has seen everything in a channel. */
export function markRead(channel) {
  const last = [...said(channel).keys()].sort().pop();
  if (last) store.read[store.me] = { ...store.read[store.me], [channel]: last };
}

export const userName = (id) => (store.users.get(id) || { real_name: id }).real_name;
