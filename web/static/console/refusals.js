// SPDX-License-Identifier: EUPL-1.2
/** Why the node did not do what was asked, in the operator's words. */

import { t } from "./text.js";

/**
 * Says what the operator can do about a refusal. What the node says itself is English, and the last resort.
 *
 * @param {import("../lib/api.js").Problem} problem
 */
export function noticeOf({ status, name, message, passing }) {
  switch (name) {
    case "unreachable":
      return t("notice_unreachable");
    case "centre-not-open":
      return t("notice_shut");
    case "seat-full":
      return t("notice_seat_full");
    case "overloaded":
      return t("notice_overloaded");
    case "phone-invalid":
      return t("notice_phone");
    case "call-ended":
    case "call-unknown":
      return t("notice_over");
    case "forbidden":
      return t("notice_forbidden");
    case "owner-unreachable":
    case "state-unavailable":
    case "gateway-unavailable":
      return t("notice_part_away"); // over the socket these have no status
  }
  if (status === 409) return t("notice_seat_busy");
  if (status === 429) return t("notice_too_many");
  // A node that broke down over it, or a proxy that has no node to ask.
  return passing && status > 0 ? t("notice_part_away") : t("notice_failed", { detail: message });
}
