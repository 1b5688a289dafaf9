// SPDX-License-Identifier: EUPL-1.2
/** What the operator shows the caller to read, what the caller answers, and the language all of it is in. */

/** @typedef {{number: number, text: string, lang?: string, pictogram?: string, steps?: string[], pulse?: number}} Sentence */
/** @typedef {import("./call.js").CallerCall} CallerCall */

const SHAKE = 70; // how long the phone shakes at each beat, in milliseconds
const LONG = 60; // a text of more characters is written smaller

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/**
 * @param {string} name
 * @param {string} text
 */
const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });

export class Words {
  #caller;
  #number = -1;
  #drawn = "";
  #beat = 0;
  #wanted = document.documentElement.lang;
  /** @type {Promise<Document> | null} */
  #pictograms = null;

  /** Called when the page's own texts have become others. @type {() => void} */
  onlanguage = () => {};

  /** @param {CallerCall} caller */
  constructor(caller) {
    this.#caller = caller;
    byId("languages").addEventListener("click", (event) => this.#tapped(event));
    byId("answers").addEventListener("click", (event) => {
      const button = event.target instanceof Element && event.target.closest("button");
      if (button && button.dataset["answer"]) void this.#tell({ answer: button.dataset["answer"] }, button.textContent ?? "");
      else if (button) this.#write(true);
    });
    byId("writing").addEventListener("submit", (event) => {
      event.preventDefault();
      const field = /** @type {HTMLInputElement} */ (byId("written"));
      const text = field.value.trim();
      if (text) void this.#tell({ text }, text).then((sent) => sent && ((field.value = ""), this.#write(false)));
    });
    byId("unwritten").addEventListener("click", () => this.#write(false));
  }

  /**
   * Takes in what the node says.
   *
   * @param {import("../lib/events.js").Message} message
   */
  hear(message) {
    if (message.type === "welcome") this.#caller.say({ type: "language", language: this.#wanted });
    const state = message.type === "welcome" ? message["state"] : message;
    if (message.type !== "welcome" && message.type !== "state") return;
    if (state.language && state.language !== this.#wanted) void this.#speak(state.language);
    this.#show(state.phase === "ended" ? null : (state.sentence ?? null));
  }

  /** @param {Sentence | null} sentence */
  #show(sentence) {
    const drawn = JSON.stringify(sentence);
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    byId("words").hidden = !sentence;
    this.#pulse(sentence?.pulse ?? 0);
    if (!sentence) {
      delete document.documentElement.dataset["words"];
      return;
    }
    const { number, text, lang = "", pictogram = "", steps = [] } = sentence;
    const said = byId("said");
    said.lang = lang;
    said.dataset["long"] = String(text.length > LONG);
    said.replaceChildren(element("p", text), ...(steps.length ? [element("ol", "")] : []));
    said.querySelector("ol")?.append(...steps.map((step) => element("li", step)));
    const kind = steps.length ? "card" : "phrase";
    byId("words").dataset["kind"] = document.documentElement.dataset["words"] = kind;
    void this.#draw(pictogram);
    if (number !== this.#number) byId("answered").textContent = "";
    this.#number = number;
    this.#caller.say({ type: "shown", number });
  }

  /**
   * Draws a pictogram, fetched with the first one: the page is shown before any is needed.
   *
   * @param {string} name
   */
  async #draw(name) {
    const drawing = byId("pictogram");
    drawing.dataset["name"] = name;
    drawing.replaceChildren();
    if (!name) return;
    this.#pictograms ??= fetch(byId("words").dataset["pictograms"] ?? "")
      .then((answer) => answer.text())
      .then((svg) => new DOMParser().parseFromString(svg, "image/svg+xml"));
    const sheet = await this.#pictograms.catch(() => (this.#pictograms = null));
    const found = sheet?.getElementById(name);
    if (found && drawing.dataset["name"] === name) drawing.replaceChildren(document.importNode(found, true));
  }

  /**
   * Beats so many times a minute, to be seen and felt; 0 is no beat.
   *
   * @param {number} rate
   */
  #pulse(rate) {
    clearInterval(this.#beat);
    byId("beat").hidden = !rate;
    if (rate) this.#beat = setInterval(() => document.visibilityState === "visible" && navigator.vibrate?.(SHAKE), 60_000 / rate);
  }

  /** @param {boolean} open */
  #write(open) {
    byId("writing").hidden = !open;
    byId("answers").hidden = open;
    if (open) byId("written").focus();
  }

  /**
   * @param {Record<string, string>} words
   * @param {string} read what the caller is told was sent
   */
  async #tell(words, read) {
    const { sent, unsent } = byId("answered").dataset;
    const done = await this.#caller.ask({ type: "text", ...words });
    byId("answered").textContent = done ? (sent ?? "").replace("{text}", read.trim()) : (unsent ?? "");
    return done;
  }

  /** @param {Event} event */
  #tapped(event) {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    if (!link) return;
    event.preventDefault();
    /** @type {HTMLDetailsElement} */ (byId("languages")).open = false;
    this.#caller.say({ type: "language", language: link.lang, chosen: true });
    void this.#speak(link.lang);
  }

  /**
   * Puts the page into another language where it stands: loading it anew would stop the picture.
   *
   * @param {string} language
   */
  async #speak(language) {
    this.#wanted = language;
    try {
      const answer = await fetch(`?lang=${language}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (this.#wanted !== language) return;
      takeOver(page);
      history.replaceState(null, "", `?lang=${language}`); // so that it is the same after a reload
      this.onlanguage();
    } catch {
      this.#wanted = document.documentElement.lang; // asked for again with the next state
    }
  }
}

/**
 * Takes over the words of the same page in another language: every element marked `data-word`, and the texts and notes.
 *
 * @param {Document} page
 */
function takeOver(page) {
  const root = document.documentElement;
  root.lang = page.documentElement.lang;
  root.dir = page.documentElement.dir;
  document.title = page.title;
  const fresh = page.querySelectorAll("[data-word]");
  document.querySelectorAll("[data-word]").forEach((element, at) => {
    const other = fresh[at];
    if (!other) return;
    for (const { name, value } of other.attributes) if (/^aria-label$|^data-(un)?sent$/.test(name)) element.setAttribute(name, value);
    if (element.getAttribute("data-word") !== "label") element.replaceChildren(...other.childNodes);
  });
  for (const id of ["texts", "notes"]) {
    const own = /** @type {HTMLTemplateElement} */ (byId(id));
    const other = page.getElementById(id);
    if (other instanceof HTMLTemplateElement) own.content.replaceChildren(other.content);
  }
}
