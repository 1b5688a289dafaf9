// SPDX-License-Identifier: EUPL-1.2
/** Where every simulated caller is, in degrees and metres: in no one's home, on the E6 by Lillehammer. */
export const PLACE = { latitude: 61.1153, longitude: 10.4662, accuracy: 14 };
