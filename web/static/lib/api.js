// SPDX-License-Identifier: EUPL-1.2
/** What every talk with a node shares: the problem it can answer with, and how long to wait before the next try. */

/** A refusal from a node (RFC 9457), or `unreachable` where there was no answer at all. */
export class Problem extends Error {
  /**
   * @param {string} name the last part of the problem's `type`, as in docs/protocol.md
   * @param {string} [detail] says what to do
   * @param {number} [status] the HTTP status; 0 where there was none
   * @param {number} [retryAfter] seconds the node asks us to wait; 0 where it does not say
   */
  constructor(name, detail = "", status = 0, retryAfter = 0) {
    super(detail || name);
    this.name = name;
    this.detail = detail;
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Tells whether the same request may well succeed later. */
  get passing() {
    return this.status === 0 || this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

/**
 * Makes a request and returns its answer, or throws a Problem.
 *
 * @param {string} method
 * @param {string} url
 * @param {{token?: string, type?: string, body?: string, headers?: Record<string, string>, timeout?: number}} [options]
 *   `type` is the body's media type; `timeout` is in milliseconds
 * @returns {Promise<Response>}
 */
export async function call(method, url, { token, type, body, headers = {}, timeout = 10_000 } = {}) {
  const aborter = new AbortController();
  const timer = setTimeout(() => aborter.abort(), timeout);
  const all = { ...headers };
  if (token) all["Authorization"] = `Bearer ${token}`;
  if (type) all["Content-Type"] = type;
  try {
    const response = await fetch(url, { method, headers: all, body, signal: aborter.signal, cache: "no-store" });
    if (!response.ok) throw await problemOf(response);
    return response;
  } catch (error) {
    throw error instanceof Problem ? error : new Problem("unreachable");
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Reads the problem out of an answer.
 *
 * @param {Response} response
 */
async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  const name = String(body?.type ?? "").split("/").pop() || `status-${response.status}`;
  return new Problem(name, String(body?.detail ?? ""), response.status, Number(response.headers.get("Retry-After")) || 0);
}

/**
 * Returns the milliseconds to wait before try number `attempt` (0 is the first): doubling from 0.25 to 4 s, with
 * up to half taken off at random so that a whole county does not come back in the same instant.
 *
 * @param {number} attempt
 */
export function backoff(attempt) {
  return Math.min(250 * 2 ** attempt, 4000) * (1 - Math.random() / 2);
}
