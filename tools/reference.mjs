/**
 * docs/reference.md: every method of the store and every shape, from the declarations that users compile against.
 *
 *   node tools/reference.mjs build/types docs/reference.md
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const [folder, to] = process.argv.slice(2);

const METHOD =
  /^ {4}\/\*\*((?:(?!\*\/)[^])*)\*\/\n {4}(?:get )?(\w+)(?:<[^]*?>)?\(([^]*?)\): ([^]*?);\n(?= {4}[\w/#]|\})/gm;
const CONSTRUCTOR = /^ {4}(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n {4})?constructor\([^]*?\);\n/m;
const FIELD = /^ {4}(?:\/\*\*((?:(?!\*\/)[^])*)\*\/\n {4})?(\w+)(\??): ([^]*?);\n(?= {4}[\w/]|\})/gm;

const index = join(folder, 'index.d.ts');
const classes = chainOf(index, 'CloudflareStore').reverse();
const shapes = [...read(index).matchAll(/^export type (\w+)(?:<.*?>)? = import\('(.*?)'\)\.(\w+)/gm)];

/** Shapes that have a part of their own. */
const told = new Set(shapes.map(([, name]) => name));

const text = `# Reference

Made from the types by \`make reference\`; \`make check\` holds it against them. What a call costs stands in [cost.md](cost.md), what it throws in
[configuration.md](configuration.md#errors), which of them to use first in [methods.md](methods.md).

## Methods of a store

${classes.map(classPart).join('\n')}
## Shapes

Fields that are not named here are stored and returned as well, in threads, messages and resources.

${shapes.map(([, name, file, inner]) => shapePart(name, resolve(folder, jsToTypes(file)), inner)).join('\n')}`;
writeFileSync(to, text);

/** @param {string} path */
function read(path) {
  return readFileSync(path, 'utf8');
}

/** @param {string} path */
function jsToTypes(path) {
  return path.replace(/\.js$/, '.d.ts');
}

/**
 * A class and those that it extends.
 *
 * @param {string} file
 * @param {string} name
 * @returns {{ title: string, body: string }[]}
 */
function chainOf(file, name) {
  const whole = read(file);
  const head = new RegExp(
    `/\\*\\*((?:(?!\\*/)[^])*)\\*/\\nexport declare class ${name}\\b[^{]*?(?:extends (\\w+)[^{]*)?\\{`,
  );
  const found = head.exec(whole);
  if (found === null) throw new Error(`${file} declares no class ${name}`);
  const [, doc, base] = found;
  const start = found.index + found[0].length;
  const one = {
    title: wordsOf(doc).split('\n')[0],
    body: whole.slice(start, whole.indexOf('\n}\n', start) + 3),
  };
  if (base === undefined) return [one];
  const [, from] = /** @type {RegExpExecArray} */ (
    new RegExp(`import \\{[^}]*\\b${base}\\b[^}]*\\} from '(.*?)'`).exec(whole)
  );
  return [one, ...chainOf(join(dirname(file), jsToTypes(from)), base)];
}

/** @param {{ title: string, body: string }} part */
function classPart({ title, body }) {
  const methods = [...body.replace(CONSTRUCTOR, '').matchAll(METHOD)];
  if (methods.length === 0) return '';
  const parts = methods.map(([, doc, name, args, result]) => {
    const returns = tagOf(doc, 'returns');
    const answer = returns && `Returns ${returns}.`;
    return [
      `#### \`${name}\``,
      `\`${name}(${flat(args)}): ${flat(result)}\``,
      wordsOf(doc),
      argumentWords(doc),
      answer,
    ]
      .filter(Boolean)
      .join('\n\n');
  });
  return `### ${title.replace(/\.$/, '')}\n\n${parts.join('\n\n')}\n`;
}

/**
 * A shape, and after it those of its file that it is made of and that are nowhere else.
 *
 * @param {string} name
 * @param {string} file
 * @param {string} inner  its name there
 * @returns {string}
 */
function shapePart(name, file, inner) {
  const whole = read(file);
  const head = new RegExp(`export (?:type ${inner}(?:<[^]*?>)? = |declare class ${inner}\\b[^{]*)`);
  const found = head.exec(whole);
  const passed = new RegExp(`export \\{[^}]*\\b${inner}\\b[^}]*\\} from '(.*?)'`).exec(whole);
  if (found === null && passed) return shapePart(name, join(dirname(file), jsToTypes(passed[1])), inner);
  if (found === null) throw new Error(`${file} declares no type ${inner}`);
  if (found[0].includes('class')) return `### \`${name}\`\n\n${wordsOf(docBefore(whole, found.index))}\n`;
  const rest = whole.slice(found.index + found[0].length);
  const [, elsewhere, other] = /^import\('(.*?)'\)\.(\w+)(?:<.*?>)?;/.exec(rest) ?? [];
  if (elsewhere) return shapePart(name, join(dirname(file), jsToTypes(elsewhere)), other);
  const definition = rest.slice(0, rest.search(/(?:;\n|\n\})(?![ }])/) + 3);
  const isPlain = /^\{/.test(definition) && /^\}/m.test(definition) && !/^\} &/m.test(definition);
  const what = isPlain ? fieldsOf(definition) : `\`${flat(definition).replace(/;[^;}]*$/, '')}\``;
  const more = partsOf(definition, whole).map((part) => shapePart(part, file, part));
  return `### \`${name}\`\n\n${[shapeWords(whole, inner), what].filter(Boolean).join('\n\n')}\n${more.map((part) => `\n${part}`).join('')}`;
}

/** The comment that ends at a place. @param {string} whole @param {number} end */
function docBefore(whole, end) {
  return whole.slice(whole.lastIndexOf('/**', end) + 3, whole.lastIndexOf('*/', end));
}

/**
 * Shapes of the same file that have not been told yet; from then on they have.
 *
 * @param {string} definition
 * @param {string} whole
 */
function partsOf(definition, whole) {
  const words = new Set(definition.match(/\b[A-Z]\w+/g));
  const parts = [...words].filter((word) => !told.has(word) && whole.includes(`export type ${word} = {`));
  for (const part of parts) told.add(part);
  return parts;
}

/** @param {string} definition */
function fieldsOf(definition) {
  const body = definition.slice(definition.indexOf('\n') + 1);
  const fields = Array.from(body.matchAll(FIELD), ([, doc = '', field, optional, type]) => {
    const words = wordsOf(doc).replace(/\s+/g, ' ');
    return `- \`${field}${optional}: ${flat(type)}\`${words && `: ${words}`}`;
  });
  return fields.join('\n');
}

/** What the comment says that declares it. @param {string} whole @param {string} name */
function shapeWords(whole, name) {
  const comments = Array.from(whole.matchAll(/\/\*\*((?:(?!\*\/)[^])*)\*\//g), ([, doc]) => doc);
  const own = comments.find((doc) =>
    new RegExp(`@typedef [^]*[}\\s]${name}\\s*($|  |\\n)`).test(typedefOf(doc)),
  );
  return own === undefined ? '' : wordsOf(own);
}

/** A comment as far as its first typedef goes. @param {string} doc */
function typedefOf(doc) {
  return plain(doc).replace(/\n@(property|template)[^]*/, (rest) => (/@typedef/.test(rest) ? rest : ''));
}

/** A type on one line, without where its parts are declared. @param {string} type */
function flat(type) {
  return type
    .replace(/\/\*\*[^]*?\*\//g, '')
    .replace(/import\(['"].*?['"]\)\./g, '')
    .replace(/\s+/g, ' ')
    .replace(/; \}/g, ' }')
    .trim();
}

/** A comment's lines without its stars. @param {string} doc */
function plain(doc) {
  return doc.replace(/^\s*\* ?/gm, '').trim();
}

/** What stands before the first tag. @param {string} doc */
function wordsOf(doc) {
  return plain(doc)
    .replace(/^@[^]*/m, '')
    .trim();
}

/** What a tag says after its type. @param {string} doc @param {string} tag */
function tagOf(doc, tag) {
  const [, found = ''] = new RegExp(`^@${tag} ([^]*?)(?=^@|$(?![^]))`, 'm').exec(plain(doc)) ?? [];
  return wordsAfterType(found);
}

/** What is said of arguments. @param {string} doc */
function argumentWords(doc) {
  const said = Array.from(plain(doc).matchAll(/^@param ([^]*?)(?=^@|$(?![^]))/gm), ([, found]) => {
    const [, name, words] = /^\[?(\w+)\]?\s*([^]*)$/.exec(wordsAfterType(found)) ?? [];
    return words ? `- \`${name}\`: ${words.replace(/\s+/g, ' ')}` : '';
  });
  return said.filter(Boolean).join('\n');
}

/** @param {string} found  `{type} words` */
function wordsAfterType(found) {
  let depth = 0;
  let at = 0;
  do depth += { '{': 1, '}': -1 }[found[at]] ?? 0;
  while (++at < found.length && depth > 0);
  return found.slice(at).replace(/\s+/g, ' ').trim();
}
