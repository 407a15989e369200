/**
 * Files within messages: named, with their sizes; small pictures are shown. Nothing is fetched from elsewhere.
 *
 * @module
 */

import { el, text } from './dom.js';

/** What a browser shows without running anything of it. */
const PICTURES = /^image\/(png|jpeg|gif|webp|avif)$/;

/** In characters of base64: what is larger is named alone. */
const MAX_PICTURE = 4_000_000;

/** @param {any} part  of Mastra's format, of the AI SDK's, or of a provider's */
export function fileView(part) {
  const { type, filename, data, image, url } = part;
  const source = url ?? data ?? image?.url ?? image;
  const media = mediaTypeOf(part, source);
  const isAddress = typeof source === 'string' && /^https?:\/\//.test(source);
  return el(
    'div.part.file',
    null,
    el('span.label', null, type === 'image' ? 'Image ' : 'File '),
    filename ? el('strong', null, text(filename), ' ') : null,
    media ?? 'of unknown type',
    isAddress ? [' · ', el('code', null, source)] : ` · ${sizeOf(source)}`,
    !isAddress && pictureOf(media, source, text(filename) || 'picture'),
  );
}

/** @param {any} part @param {unknown} source */
function mediaTypeOf({ mediaType, mimeType }, source) {
  const named = mediaType ?? mimeType;
  if (named !== undefined && named !== null) return text(named);
  return typeof source === 'string' ? /^data:([\w.+-]+\/[\w.+-]+)/.exec(source)?.[1] : undefined;
}

/** @param {string | undefined} media @param {unknown} source @param {string} alt */
function pictureOf(media, source, alt) {
  const base64 = base64Of(source);
  if (!base64 || base64.length > MAX_PICTURE || !PICTURES.test(media ?? '')) return null;
  return el('img', { src: `data:${media};base64,${base64}`, alt, loading: 'lazy' });
}

/** @param {unknown} source */
function base64Of(source) {
  if (typeof source !== 'string') return undefined;
  const [, given = source] = /^data:[^,]*;base64,(.*)$/s.exec(source) ?? [];
  return /^[A-Za-z0-9+/]+=*$/.test(given) ? given : undefined;
}

/** @param {unknown} source */
function sizeOf(source) {
  const base64 = base64Of(source);
  if (base64 !== undefined) return bytesOf(Math.floor((base64.replace(/=+$/, '').length * 3) / 4));
  return typeof source === 'string' ? `${source.length.toLocaleString()} characters` : 'no data';
}

/** @param {number} bytes */
function bytesOf(bytes) {
  if (bytes < 1000) return bytes === 1 ? '1 byte' : `${bytes} bytes`;
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1000, 'kB'] : [bytes / 1_000_000, 'MB'];
  return `${size.toLocaleString(undefined, { maximumFractionDigits: 1 })} ${unit}`;
}
