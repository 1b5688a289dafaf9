// SPDX-License-Identifier: EUPL-1.2
/** What a simulated caller does with what it is shown and asked: reads it, and answers after a moment. Knows no page. */

import { PLACE } from "./place.js";

const MOMENT = 1_500; // ms, to read or to find out

/** What the operator shows (orchestrator/http/words.py). @typedef {{number: number, text: string, lang?: string, steps?: string[]}} Sentence */

/**
 * What is to be seen of it: what the operator shows, what was answered to that (a name of the page's texts), and
 * how far the question where the caller is has come.
 *
 * @typedef {object} Replied
 * @property {Sentence | null} sentence
 * @property {"" | "yes" | "do_not_know"} answered
 * @property {"" | "asked" | "told"} place
 */

export class Replies {
  #say;
  #text;
  #changed;
  #number = -1;
  #wanted = false;
  #reading = 0;
  #finding = 0;

  /**
   * @param {(message: import("../lib/events.js").Message) => boolean} say  Tells the node, and returns whether it could be told.
   * @param {(name: string) => string} text  What one of the page's texts says.
   * @param {(news: Partial<Replied>) => void} changed
   */
  constructor(say, text, changed) {
    this.#say = say;
    this.#text = text;
    this.#changed = changed;
  }

  /**
   * Takes in what the node says of the call.
   *
   * @param {{sentence?: Sentence | null, location_wanted?: boolean}} state
   */
  take({ sentence = null, location_wanted: wanted = false }) {
    if ((sentence?.number ?? -1) !== this.#number) this.#read(sentence);
    if (wanted !== this.#wanted) this.#find(wanted);
  }

  /** Answers no more: the call is over. */
  end() {
    clearTimeout(this.#reading);
    clearTimeout(this.#finding);
    this.#changed({ sentence: null, answered: "", place: "" });
  }

  /** @param {Sentence | null} sentence */
  #read(sentence) {
    clearTimeout(this.#reading);
    this.#number = sentence?.number ?? -1;
    this.#changed({ sentence, answered: "" });
    if (!sentence) return;
    this.#say({ type: "shown", number: sentence.number });
    // Beside a card a phone has no answers: that it is read is all there is to say.
    if (!sentence.steps?.length) this.#reading = setTimeout(() => this.#answer(sentence.text), MOMENT);
  }

  /** Says yes to what is to be done. What is asked it can not know. @param {string} read */
  #answer(read) {
    const asks = read.includes("?");
    const message = asks ? { text: this.#text("do_not_know") } : { answer: "yes" };
    if (this.#say({ type: "text", ...message })) this.#changed({ answered: asks ? "do_not_know" : "yes" });
  }

  /** @param {boolean} wanted */
  #find(wanted) {
    clearTimeout(this.#finding);
    this.#wanted = wanted;
    if (!wanted) return;
    this.#changed({ place: "asked" });
    this.#finding = setTimeout(() => {
      this.#say({ type: "no_location", why: "searching" });
      this.#finding = setTimeout(() => this.#tell(), MOMENT);
    }, MOMENT);
  }

  /** Says where it is, and before that, to whoever reads it, that this is no true place. */
  #tell() {
    this.#say({ type: "text", text: this.#text("place_made_up") });
    if (this.#say({ type: "location", ...PLACE, age: 0 })) this.#changed({ place: "told" });
    else this.#wanted = false; // asked again with the next state
  }
}
