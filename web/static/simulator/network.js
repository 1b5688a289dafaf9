// SPDX-License-Identifier: EUPL-1.2
/**
 * A network that can be made worse, under a page that knows nothing of it: what the page connects by is real, and is held
 * back by real means. Install it before the page's own script runs.
 */

/** @typedef {"good" | "weak" | "slow" | "gone"} Weather */

/** How a sender is held back; `weak` is a poor picture, `slow` too little for video. @type {Record<Weather, {maxBitrate: number, maxFramerate: number, active: boolean}>} */
const LIMITS = {
  good: { maxBitrate: 2_500_000, maxFramerate: 30, active: true },
  weak: { maxBitrate: 130_000, maxFramerate: 6, active: true },
  slow: { maxBitrate: 40_000, maxFramerate: 2, active: true },
  gone: { maxBitrate: 40_000, maxFramerate: 1, active: false },
};

const STATE = Object.getOwnPropertyDescriptor(RTCPeerConnection.prototype, "connectionState");

export class Network {
  /** @type {Weather} */
  #weather = "good";
  /** @type {Set<RTCPeerConnection>} */
  #connections = new Set();
  /** @type {Set<WebSocket>} */
  #sockets = new Set();

  /** Puts itself between the page and the browser's own connections. */
  install() {
    const { RTCPeerConnection: Connection, WebSocket: Socket, fetch: ask } = globalThis;
    const connected = this.#connected.bind(this);
    const dialled = this.#dialled.bind(this);
    globalThis.RTCPeerConnection = class extends Connection {
      /** @param {RTCConfiguration} [configuration] */
      constructor(configuration) {
        super(configuration);
        connected(this);
      }
    };
    globalThis.WebSocket = class extends Socket {
      /**
       * @param {string | URL} url
       * @param {string | string[]} [protocols]
       */
      constructor(url, protocols) {
        super(url, protocols);
        dialled(this);
      }
    };
    globalThis.fetch = (...wanted) => (this.#weather === "gone" ? Promise.reject(new TypeError("no network")) : ask(...wanted));
  }

  /**
   * Makes the network better or worse.
   *
   * @param {Weather} weather
   */
  become(weather) {
    const gone = this.#weather === "gone";
    this.#weather = weather;
    for (const connection of this.#connections) {
      void this.#hold(connection);
      if (gone !== (weather === "gone")) connection.dispatchEvent(new Event("connectionstatechange"));
    }
    if (weather === "gone") for (const socket of this.#sockets) socket.close();
    else if (gone) dispatchEvent(new Event("online"));
  }

  /** @param {RTCPeerConnection} connection */
  #connected(connection) {
    this.#connections.add(connection);
    // What a browser says once nothing comes any more: without it the page would take a phone without a network for one that is idle.
    Object.defineProperty(connection, "connectionState", {
      get: () => {
        const is = STATE?.get?.call(connection);
        return is === "connected" && this.#weather === "gone" ? "disconnected" : is;
      },
    });
    connection.addEventListener("connectionstatechange", () => {
      if (connection.connectionState === "closed") this.#connections.delete(connection);
      else if (this.#weather !== "good") void this.#hold(connection);
    });
  }

  /** @param {WebSocket} socket */
  #dialled(socket) {
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket));
    if (this.#weather === "gone") socket.close();
  }

  /** @param {RTCPeerConnection} connection */
  async #hold(connection) {
    for (const sender of connection.getSenders()) {
      const parameters = sender.getParameters();
      for (const encoding of parameters.encodings) Object.assign(encoding, LIMITS[this.#weather]);
      await sender.setParameters(parameters).catch(() => {}); // a connection that has just been closed has none
    }
  }
}
