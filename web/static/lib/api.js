// SPDX-License-Identifier: EUPL-1.2
/**
 * What every talk with a node shares: the problem it can answer with, how long to wait before the next try, and what a
 * connection has counted.
 */

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
 * @param {{token?: string, type?: string, body?: string, headers?: Record<string, string>, timeout?: number, alone?: boolean, end?: AbortSignal}} [options]
 *   `type` is the body's media type; `timeout` is in milliseconds, `end` ends it sooner; one that is `alone` goes without
 *   cookies, and so over another connection than those that may hang with a lost link
 * @returns {Promise<Response>}
 */
export async function call(method, url, { token, type, body, headers = {}, timeout = 10_000, alone, end } = {}) {
  const aborter = new AbortController();
  const abort = () => aborter.abort();
  const timer = setTimeout(abort, timeout);
  end?.addEventListener("abort", abort);
  const all = { ...headers };
  if (token) all["Authorization"] = `Bearer ${token}`;
  if (type) all["Content-Type"] = type;
  try {
    const credentials = alone ? "omit" : "same-origin";
    const response = await fetch(url, { method, headers: all, body, credentials, signal: aborter.signal, cache: "no-store" });
    if (!response.ok) throw await problemOf(response);
    return response;
  } catch (error) {
    throw error instanceof Problem ? error : new Problem("unreachable");
  } finally {
    clearTimeout(timer);
    end?.removeEventListener("abort", abort);
  }
}

/**
 * Makes a request that someone has asked for, again and again while what stands in its way may pass: a node that is
 * started again, or one that takes over from another. Throws the last Problem when patience is at an end, and at once
 * where the service has enough to do.
 *
 * @param {string} method
 * @param {string} url
 * @param {Parameters<typeof call>[2]} [options]
 * @param {number} [patience] in milliseconds
 * @returns {Promise<Response>}
 */
export async function persist(method, url, options, patience = 15_000) {
  const until = Date.now() + patience;
  for (let attempt = 0; ; attempt++) {
    try {
      return await call(method, url, options);
    } catch (error) {
      const refused = !(error instanceof Problem) || !error.passing || error.status === 429 || error.name === "overloaded";
      if (refused || Date.now() > until) throw error;
      await new Promise((resolve) => setTimeout(resolve, backoff(attempt)));
    }
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
 * Returns the milliseconds to wait before try number `attempt` (0 is the first): 0.25, 0.5, then 1 s while a node
 * that is started again may be back any moment, and 4 s from the ninth; with up to half taken off at random so that
 * a whole county does not come back in the same instant.
 *
 * @param {number} attempt
 */
export function backoff(attempt) {
  return Math.min(250 * 2 ** attempt, attempt < 8 ? 1000 : 4000) * (1 - Math.random() / 2);
}

/**
 * Returns the sums of some counters over a connection's reports, each counter given as type of report and name.
 *
 * @param {RTCPeerConnection} pc
 * @param {...[RTCStatsType, string]} counters
 * @returns {Promise<number[]>}
 */
export async function counted(pc, ...counters) {
  const reports = [...(await pc.getStats()).values()];
  return counters.map(([type, name]) =>
    reports.reduce((sum, report) => sum + ((report.type === type && report[name]) || 0), 0),
  );
}
