// SPDX-License-Identifier: EUPL-1.2
// A console without its page: the real socket and the real viewer, and a note of how long the picture stood still.

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** What a worker does: it counts frames as they come, whatever the pages' shared thread is busy with. */
const counting = () => {
  let last = 0;
  let gap = 0;

  const read = async (readable) => {
    const reader = readable.getReader();
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      value.close();
      const now = performance.now();
      if (last) gap = Math.max(gap, now - last);
      last = now;
      postMessage("frame");
    }
  };

  onmessage = ({ data }) => {
    if (data.readable) {
      void read(data.readable);
      return;
    }
    postMessage({ gap: Math.max(gap, performance.now() - last) });
    gap = 0;
  };
};

/** Watches the call of the seat that is signed in. */
globalThis.watchSeat = async () => {
  const { EventSocket } = await import("/static/lib/events.js");
  const { Viewer } = await import("/static/lib/viewer.js");
  const id = crypto.randomUUID();
  const socket = new EventSocket(new URL("/api/v1/events", location.href).href, () => ({ type: "auth", viewer: id }));
  let viewer = null;
  const counter = new Worker(URL.createObjectURL(new Blob([`(${counting})()`], { type: "text/javascript" })));
  const asked = [];
  const seen = { connections: 0, phase: "" };
  let frames = 0;
  let last = 0;

  counter.onmessage = ({ data }) => {
    if (data !== "frame") {
      asked.shift()(data);
      return;
    }
    frames += 1;
    last = performance.now();
    viewer.frame();
  };

  const count = (track) => {
    seen.connections += 1;
    const { readable } = new MediaStreamTrackProcessor({ track });
    counter.postMessage({ readable }, [readable]);
  };

  const follow = (call) => {
    seen.phase = call.phase;
    if (viewer?.call !== call.id) {
      viewer = new Viewer(call.id, {
        send: (message) => socket.send(message),
        show: (stream) => count(stream.getVideoTracks()[0]),
        changed: () => {},
      });
      viewer.watch();
    }
    viewer.heard = call.phase === "live";
    viewer.expect(["permitted", "live", "interrupted"].includes(call.phase));
  };

  socket.onmessage = (message) => {
    if (message.type === "welcome") {
      message.calls.forEach(follow);
      viewer?.watch();
    } else if (message.type === "call") follow(message.call);
    else if (message.type === "offer") viewer?.take(message);
  };
  socket.connect();

  /** Returns what was seen since this was last asked; `gap` counts the picture that stands still now. */
  globalThis.look = async () => {
    const counted = new Promise((resolve) => asked.push(resolve));
    counter.postMessage({});
    return { ...seen, ...(await counted) };
  };

  /** Returns how many frames have come in all. */
  globalThis.came = () => frames;

  /** Returns how many connections have been shown. */
  globalThis.shown = () => seen.connections;

  /** Returns for how long there has been no frame, in ms. */
  globalThis.flowing = () => performance.now() - last;

  /** Returns when the call's owner has answered a request of this console, in ms since `from` (wall clock). */
  globalThis.control = async (from) => {
    for (;;) {
      try {
        await socket.request({ type: "stalled", call: viewer.call });
        return Date.now() - from;
      } catch {
        await pause(10);
      }
    }
  };
};

/**
 * Makes calls one after the other and asks for their state meanwhile, as a page does that is not put off by what may
 * pass, until `stop()`. Returns what became of the requests.
 */
globalThis.work = async () => {
  const { Problem, call, persist } = await import("/static/lib/api.js");
  const tally = { requests: 0, failed: [], slowest: 0, calls: 0 };
  let stopped = false;
  globalThis.stop = () => (stopped = true);
  const json = { type: "application/json" };

  const ask = async (method, path, options = {}) => {
    const begun = performance.now();
    tally.requests += 1;
    try {
      return await persist(method, path, { ...json, ...options });
    } catch (error) {
      if (error instanceof Problem) tally.failed.push(`${method} ${path.split("/")[3]}: ${error.status} ${error.name}`);
      throw error;
    } finally {
      tally.slowest = Math.max(tally.slowest, performance.now() - begun);
    }
  };

  const one = async () => {
    const { id, code } = await (await ask("POST", "/api/v1/calls", { body: "{}" })).json();
    const { token } = await (await ask("POST", `/api/v1/invitations/${code}/open`, { body: "{}" })).json();
    for (let reads = 0; reads < 5; reads++) {
      await ask("GET", `/api/v1/calls/${id}`);
      await pause(50);
    }
    await ask("POST", `/api/v1/invitations/${code}/claim`, { body: "{}", token });
    await ask("DELETE", `/api/v1/calls/${id}`);
    tally.calls += 1;
  };

  void call;
  while (!stopped) await one().catch((error) => error instanceof Problem || Promise.reject(error));
  return tally;
};

void 0; // the value of the script: Playwright would call a function
