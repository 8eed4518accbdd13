// The line to the workspace: every change comes in here, everything a user does goes out.

const waiting = new Map();
let socket = null;
let count = 0;

/** Opens the line and keeps it open; `hear(change)` gets everything that happens. */
export function connect(hear) {
  socket = new WebSocket(`ws://${location.host}/_page`);
  socket.onmessage = (event) => {
    const change = JSON.parse(event.data);
    if (change.change === "reply") settle(change.id, change.answer);
    else hear(change);
  };
  socket.onclose = () => {
    for (const id of [...waiting.keys()]) settle(id, { ok: false, error: "not_connected" });
    hear({ change: "connection", connected: false, lost: true });
    setTimeout(() => connect(hear), 1000);
  };
}

function settle(id, answer) {
  const done = waiting.get(id);
  waiting.delete(id);
  if (done) done(answer);
}

/** Does one thing of the control API; resolves to its answer, always an object with `ok`. */
export function act(verb, body) {
  if (!socket || socket.readyState !== WebSocket.OPEN) {
    return Promise.resolve({ ok: false, error: "not_connected" });
  }
  count += 1;
  const id = count;
  socket.send(JSON.stringify({ id, do: verb, body }));
  return new Promise((done) => waiting.set(id, done));
}
