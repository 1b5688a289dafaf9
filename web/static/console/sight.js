// SPDX-License-Identifier: EUPL-1.2
/**
 * How a picture is laid on the screen, as pure geometry. A place in the picture is `[u, v]`, each 0…1 from its upper left corner
 * as it was sent; a place on the screen is `[x, y]` in pixels from the screen's.
 */

/**
 * The picture fills the screen as far as it can, turned `turns` quarters clockwise, then mirrored, then magnified `zoom` times
 * and moved by `x` and `y` in widths and heights of the screen. `light` is how many steps it is brightened.
 *
 * @typedef {object} Sight
 * @property {number} zoom
 * @property {number} x
 * @property {number} y
 * @property {number} turns
 * @property {boolean} mirrored
 * @property {number} light
 */

/** @typedef {{width: number, height: number}} Size */
/** @typedef {{screen: Size, picture: Size}} Sizes */
/** @typedef {[number, number]} Place */

/** @type {Readonly<Sight>} */
export const NEUTRAL = Object.freeze({ zoom: 1, x: 0, y: 0, turns: 0, mirrored: false, light: 0 });
export const MOST_ZOOM = 8;
export const MOST_LIGHT = 3;

/** @param {Sight} sight */
export function isNeutral({ zoom, turns, mirrored, light }) {
  return zoom === 1 && turns === 0 && !mirrored && light === 0;
}

/**
 * Magnifies `times` more, or less where it is below 1; what is `at` this place on the screen stays there.
 *
 * @param {Sight} sight
 * @param {Sizes} sizes
 * @param {number} times
 * @param {Place} at
 * @returns {Sight}
 */
export function zoomed(sight, sizes, times, [x, y]) {
  const wanted = Math.min(MOST_ZOOM, Math.max(1, sight.zoom * times));
  const zoom = wanted < 1.01 ? 1 : wanted;
  const [fromX, fromY] = [x / sizes.screen.width - 0.5, y / sizes.screen.height - 0.5];
  const ratio = zoom / sight.zoom;
  return kept({ ...sight, zoom, x: fromX - (fromX - sight.x) * ratio, y: fromY - (fromY - sight.y) * ratio }, sizes);
}

/**
 * Moves the picture by pixels of the screen.
 *
 * @param {Sight} sight
 * @param {Sizes} sizes
 * @param {Place} by
 * @returns {Sight}
 */
export function moved(sight, sizes, [x, y]) {
  const { width, height } = sizes.screen;
  return kept({ ...sight, x: sight.x + x / width, y: sight.y + y / height }, sizes);
}

/**
 * Turns a quarter clockwise, as it is seen.
 *
 * @param {Sight} sight
 * @param {Sizes} sizes
 * @returns {Sight}
 */
export function turned(sight, sizes) {
  const { width, height } = sizes.screen;
  const [x, y] = turn([sight.x * width, sight.y * height], 1);
  const quarters = sight.mirrored ? 3 : 1;
  return kept({ ...sight, x: x / width, y: y / height, turns: (sight.turns + quarters) % 4 }, sizes);
}

/**
 * Returns where on the screen a place in the picture is.
 *
 * @param {Sight} sight
 * @param {Sizes} sizes
 * @param {Place} place
 * @returns {Place}
 */
export function onScreen(sight, sizes, [u, v]) {
  const { screen, picture } = sizes;
  const scale = fit(sight, sizes) * sight.zoom;
  const [x, y] = turn([(u - 0.5) * picture.width * scale, (v - 0.5) * picture.height * scale], sight.turns);
  return [(sight.mirrored ? -x : x) + (0.5 + sight.x) * screen.width, y + (0.5 + sight.y) * screen.height];
}

/**
 * Returns which place in the picture is at a place on the screen; beside the picture it is below 0 or above 1.
 *
 * @param {Sight} sight
 * @param {Sizes} sizes
 * @param {Place} place
 * @returns {Place}
 */
export function inPicture(sight, sizes, [x, y]) {
  const { screen, picture } = sizes;
  const scale = fit(sight, sizes) * sight.zoom;
  const right = x - (0.5 + sight.x) * screen.width;
  const [a, b] = turn([sight.mirrored ? -right : right, y - (0.5 + sight.y) * screen.height], 4 - sight.turns);
  return [a / (picture.width * scale) + 0.5, b / (picture.height * scale) + 0.5];
}

/**
 * Keeps the picture over the screen as far as it is large enough, and in the middle where it is not.
 *
 * @param {Sight} sight
 * @param {Sizes} sizes
 * @returns {Sight}
 */
export function kept(sight, sizes) {
  const { screen, picture } = sizes;
  const scale = fit(sight, sizes) * sight.zoom;
  const across = sight.turns % 2 ? picture.height : picture.width;
  const down = sight.turns % 2 ? picture.width : picture.height;
  const x = Math.max(0, ((across * scale) / screen.width - 1) / 2);
  const y = Math.max(0, ((down * scale) / screen.height - 1) / 2);
  return { ...sight, x: Math.min(x, Math.max(-x, sight.x)), y: Math.min(y, Math.max(-y, sight.y)) };
}

/**
 * @param {Sight} sight
 * @param {Sizes} sizes
 */
function fit({ turns }, { screen, picture }) {
  const [width, height] = turns % 2 ? [picture.height, picture.width] : [picture.width, picture.height];
  return Math.min(screen.width / width, screen.height / height);
}

/**
 * @param {Place} place
 * @param {number} quarters  Clockwise.
 * @returns {Place}
 */
function turn([x, y], quarters) {
  switch (quarters % 4) {
    case 1:
      return [-y, x];
    case 2:
      return [-x, -y];
    case 3:
      return [y, -x];
    default:
      return [x, y];
  }
}
