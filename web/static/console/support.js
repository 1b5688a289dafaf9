// SPDX-License-Identifier: EUPL-1.2
/** A fault or a wish is reported: what the console would tell of itself is read before it is sent, and can be left out. */

import { Problem, call as request } from "../lib/api.js";
import { namesOf } from "../lib/names.js";
import { element } from "./paint.js";
import { bind } from "./parts.js";
import { noticeOf } from "./refusals.js";
import { t } from "./text.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {{code: string, ago: number}} Happened */

const REMEMBERED = 10; // errors
const WEEK = 604_800; // in seconds

/** @implements {Required<Pick<import("./parts.js").Part, "anytime" | "hear" | "changed">>} */
export class Support {
  #desk;
  #dialog = element("support", HTMLDialogElement);
  #form = element("support-form", HTMLFormElement);
  #text = element("support-text", HTMLTextAreaElement);
  #attach = element("support-attach", HTMLInputElement);
  #send = element("support-send", HTMLButtonElement);
  /** What went wrong lately, by code, the newest last. @type {{code: string, at: number}[]} */
  #errors = [];
  /** What is shown, and so what is sent. @type {ReturnType<Support["diagnose"]> | null} */
  #shown = null;

  /** @param {import("./parts.js").Desk} desk */
  constructor(desk) {
    this.#desk = desk;
    this.anytime = { o: () => this.#toggle() };
    bind(element("support-open", HTMLButtonElement), this.anytime.o);
    bind(element("support-close", HTMLButtonElement), () => this.#dialog.close());
    this.#send.disabled = false;
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#report();
    });
  }

  /** @param {import("./parts.js").Message} message */
  hear(message) {
    if (message.type === "problem") this.note(String(message["problem"]));
  }

  /**
   * @param {State} state
   * @param {State} before
   */
  changed(state, before) {
    if (state.net !== before.net && state.net !== "ok" && state.net !== "connecting") this.note(`net-${state.net}`);
  }

  /**
   * Remembers that something went wrong.
   *
   * @param {string} code
   */
  note(code) {
    if (!/^[a-z0-9_-]{1,40}$/.test(code)) return;
    this.#errors = [...this.#errors, { code, at: Date.now() }].slice(-REMEMBERED);
  }

  /** Returns what the console is and how it goes: nothing in it is about a person, a number or a link. */
  diagnose() {
    const { call, picture, net } = this.#desk.store.state;
    const hints = /** @type {{userAgentData?: import("../lib/names.js").Hints}} */ (navigator).userAgentData;
    const { browser, os } = namesOf(navigator.userAgent, hints, navigator.maxTouchPoints);
    const version = /(?:Edg|Chrome|Firefox|Version)\/(\d+)/.exec(navigator.userAgent)?.[1];
    return {
      browser: plain(browser) + (version ? ` ${version}` : ""),
      system: plain(os),
      version: this.#dialog.dataset["version"] ?? "",
      screen: `${screen.width}×${screen.height}`,
      window: `${innerWidth}×${innerHeight}`,
      language: document.documentElement.lang,
      call: call?.phase ?? "none",
      picture: call ? picture : "none",
      net,
      happened: this.#errors.map(({ code, at }) => ({ code, ago: Math.min(WEEK, Math.round((Date.now() - at) / 1000)) })),
    };
  }

  #toggle() {
    if (this.#dialog.open) {
      this.#dialog.close();
      return;
    }
    element("help", HTMLDialogElement).close();
    this.#tell("", "");
    this.#form.hidden = false;
    this.#shown = this.diagnose();
    element("support-diagnosis", HTMLElement).replaceChildren(...Object.entries(this.#shown).flatMap(([name, value]) => line(name, value)));
    this.#dialog.showModal();
    this.#text.focus();
  }

  async #report() {
    if (!this.#text.value.trim()) {
      this.#tell(t("support_empty"), "");
      this.#text.focus();
      return;
    }
    this.#send.disabled = true;
    const kind = new FormData(this.#form).get("support-kind");
    const body = JSON.stringify({ kind, text: this.#text.value, diagnosis: this.#attach.checked ? this.#shown : null });
    try {
      const answer = await request("POST", "/api/v1/support/cases", { type: "application/json", body });
      const { id } = await answer.json();
      this.#text.value = "";
      this.#form.hidden = true;
      this.#tell("", t("support_sent", { id }));
      element("support-close", HTMLButtonElement).focus();
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 401) this.#desk.refused(error);
      else this.#tell(whyNot(error), "");
    } finally {
      this.#send.disabled = false;
    }
  }

  /**
   * @param {string} problem
   * @param {string} done
   */
  #tell(problem, done) {
    element("support-problem", HTMLElement).textContent = problem;
    element("support-done", HTMLElement).textContent = done;
    element("support-after", HTMLElement).hidden = !done;
  }
}

/** @param {Problem} problem */
function whyNot(problem) {
  const { status, name } = problem;
  if (name === "form-invalid") return t("support_personal");
  return status === 429 ? t("support_too_many") : noticeOf(problem);
}

/** @param {string} name */
function plain(name) {
  return name.replace(/[^A-Za-z ]/g, "").trim().slice(0, 40).trim() || "other";
}

/**
 * @param {string} name
 * @param {string | Happened[]} value
 */
function line(name, value) {
  const words = { browser: t("about_browser"), system: t("about_system"), version: t("about_version"), screen: t("about_screen"), window: t("about_window"), language: t("about_language"), call: t("about_call"), picture: t("about_picture"), net: t("about_net"), happened: t("about_happened") };
  const term = document.createElement("dt");
  term.textContent = words[/** @type {keyof typeof words} */ (name)];
  const told = document.createElement("dd");
  told.textContent = typeof value === "string" ? (value === "none" ? t("about_nothing") : value) : value.map(({ code, ago }) => `${code} (${ago} s)`).join(", ") || t("about_nothing");
  return [term, told];
}
