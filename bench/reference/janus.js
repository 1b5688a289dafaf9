// SPDX-License-Identifier: EUPL-1.2
/**
 * A small client of Janus's WebSocket API, enough for the reference pages: one session, its handles, their messages.
 */

export class Janus {
  /** @type {WebSocket} */ #socket;
  #secret;
  #session = 0;
  /** @type {Map<string, {resolve: (reply: any) => void, reject: (error: Error) => void, ackEnds: boolean}>} */
  #pending = new Map();
  /** @type {Map<number, (event: any, jsep?: RTCSessionDescriptionInit) => void>} */
  #handles = new Map();

  /**
   * @param {WebSocket} socket
   * @param {string} secret
   */
  constructor(socket, secret) {
    this.#socket = socket;
    this.#secret = secret;
    socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
  }

  /**
   * Connects and makes a session.
   *
   * @param {string} url
   * @param {string} secret
   */
  static async connect(url, secret) {
    const socket = new WebSocket(url, "janus-protocol");
    await new Promise((resolve, reject) => {
      socket.onopen = resolve;
      socket.onerror = () => reject(new Error("The gateway cannot be reached."));
    });
    const janus = new Janus(socket, secret);
    janus.#session = (await janus.#request({ janus: "create" })).data.id;
    setInterval(() => janus.#request({ janus: "keepalive" }, true), 25_000);
    return janus;
  }

  /**
   * Attaches a handle to the VideoRoom.
   *
   * @param {(event: any, jsep?: RTCSessionDescriptionInit) => void} onevent is told what comes unasked
   */
  async attach(onevent) {
    const reply = await this.#request({ janus: "attach", plugin: "janus.plugin.videoroom" });
    this.#handles.set(reply.data.id, onevent);
    return new Handle(reply.data.id, (message, ackEnds) => this.#request(message, ackEnds));
  }

  /**
   * @param {Record<string, unknown>} message
   * @param {boolean} ackEnds for requests that are answered by an acknowledgement only
   * @returns {Promise<any>}
   */
  #request(message, ackEnds = false) {
    const transaction = Math.random().toString(36).slice(2);
    const session = this.#session ? { session_id: this.#session } : {};
    const secret = this.#secret ? { apisecret: this.#secret } : {};
    this.#socket.send(JSON.stringify({ ...message, ...session, ...secret, transaction }));
    return new Promise((resolve, reject) => this.#pending.set(transaction, { resolve, reject, ackEnds }));
  }

  /** @param {any} message */
  #receive(message) {
    const waiting = this.#pending.get(message.transaction);
    if (waiting) {
      if (message.janus === "ack" && !waiting.ackEnds) return;
      this.#pending.delete(message.transaction);
      const error = message.error?.reason ?? message.plugindata?.data?.error;
      if (error) waiting.reject(new Error(error));
      else waiting.resolve(message);
    } else if (message.janus === "event") {
      this.#handles.get(message.sender)?.(message.plugindata.data, message.jsep);
    }
  }
}

class Handle {
  #id;
  #request;

  /**
   * @param {number} id
   * @param {(message: Record<string, unknown>, ackEnds?: boolean) => Promise<any>} request
   */
  constructor(id, request) {
    this.#id = id;
    this.#request = request;
  }

  /**
   * Sends a plugin request and returns its event.
   *
   * @param {Record<string, unknown>} body
   * @param {RTCSessionDescription | null} [jsep]
   * @returns {Promise<{data: any, jsep?: RTCSessionDescriptionInit}>}
   */
  async send(body, jsep) {
    const message = { janus: "message", handle_id: this.#id, body, ...(jsep ? { jsep: jsep.toJSON() } : {}) };
    const reply = await this.#request(message);
    return { data: reply.plugindata.data, jsep: reply.jsep };
  }

  /**
   * Sends candidates as they are found, and then that there are no more.
   *
   * @param {RTCPeerConnection} pc
   */
  trickle(pc) {
    pc.onicecandidate = ({ candidate }) =>
      this.#request({ janus: "trickle", handle_id: this.#id, candidate: candidate?.toJSON() ?? { completed: true } }, true);
  }
}

/** What the page is to use, from the fragment of its address: `room`, `pin`, `secret`, `width`, `height`. */
export const settings = new URLSearchParams(location.hash.slice(1));

/** Where the gateway's socket is: on the page's own host. */
export const gateway = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/janus`;
