// SPDX-License-Identifier: EUPL-1.2
/** A worker that beats at the rate it is told: pages in the background may not keep time, workers may. */

onmessage = (event) => setInterval(() => postMessage(null), 1000 / event.data);
