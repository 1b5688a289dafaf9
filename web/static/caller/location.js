// SPDX-License-Identifier: EUPL-1.2
/** Where the phone is: looked for only when the operator has asked and the caller has said yes. Knows no page. */

const NEAR = 20; // metres that are near enough
const LONG = 15_000; // how long a better fix is waited for, in milliseconds
const DENIED = 1; // GeolocationPositionError.PERMISSION_DENIED

/** `idle` · `asked` by the operator · `searching` once the caller has said yes. @typedef {"idle" | "asked" | "searching"} LocatingState */

export class Locating {
  #say;
  /** @type {LocatingState} */
  #state = "idle";
  #wanted = false;
  #watch = 0;
  #until = 0;
  #best = Infinity; // accuracy, in metres

  /** What the node has not heard. @type {import("../lib/events.js").Message | null} */
  #unsaid = null;

  /** Called after every change of `state`. @type {() => void} */
  onchange = () => {};
  /** Called when it has been told to the operator, or can not be found. @type {(what: "located" | "unlocated") => void} */
  ondone = () => {};

  /** @param {(message: import("../lib/events.js").Message) => boolean} say  Tells the node, and returns whether it could be told. */
  constructor(say) {
    this.#say = say;
  }

  get state() {
    return this.#state;
  }

  /**
   * Takes in whether the operator waits for an answer.
   *
   * @param {boolean} wanted
   */
  take(wanted) {
    const asked = wanted && !this.#wanted;
    this.#wanted = wanted;
    if (asked && this.#state === "idle") this.#enter("asked");
    else if (!wanted && this.#state === "asked") this.#enter("idle");
  }

  /** The caller says yes: now the browser asks for itself. */
  share() {
    if (this.#state !== "asked") return;
    this.#enter("searching");
    this.#tell({ type: "no_location", why: "searching" });
    if (!navigator.geolocation) {
      this.#miss("unavailable");
      return;
    }
    this.#stop();
    this.#best = Infinity;
    const options = { enableHighAccuracy: true, maximumAge: 0, timeout: LONG };
    this.#watch = navigator.geolocation.watchPosition((fix) => this.#found(fix), (error) => this.#failed(error), options);
  }

  /** The caller says no. */
  decline() {
    this.#stop();
    if (this.#state === "idle") return;
    this.#enter("idle");
    this.#tell({ type: "no_location", why: "declined" });
  }

  /** Says again what could not be said, now that there is a node to hear it. */
  repeat() {
    if (this.#unsaid) this.#tell(this.#unsaid);
  }

  /** Looks no longer: the call is over. */
  end() {
    this.#stop();
    this.#enter("idle");
  }

  /** @param {GeolocationPosition} fix */
  #found({ coords: { latitude, longitude, accuracy }, timestamp }) {
    if (accuracy >= this.#best) return;
    const first = this.#best === Infinity;
    this.#best = accuracy;
    const age = Math.max(0, Math.round(Date.now() - timestamp));
    this.#tell({ type: "location", latitude, longitude, accuracy, age });
    this.#enter("idle");
    if (first) {
      this.#until = setTimeout(() => this.#stop(), LONG);
      this.ondone("located");
    }
    if (accuracy <= NEAR) this.#stop();
  }

  /** @param {GeolocationPositionError} error */
  #failed({ code }) {
    if (this.#best === Infinity) this.#miss(code === DENIED ? "refused" : "unavailable");
    this.#stop();
  }

  /** @param {"refused" | "unavailable"} why */
  #miss(why) {
    this.#tell({ type: "no_location", why });
    this.#enter("idle");
    this.ondone("unlocated");
  }

  /** @param {import("../lib/events.js").Message} message */
  #tell(message) {
    this.#unsaid = this.#say(message) ? null : message;
  }

  #stop() {
    clearTimeout(this.#until);
    if (this.#watch) navigator.geolocation?.clearWatch(this.#watch);
    this.#watch = 0;
  }

  /** @param {LocatingState} state */
  #enter(state) {
    if (state === this.#state) return;
    this.#state = state;
    this.onchange();
  }
}
