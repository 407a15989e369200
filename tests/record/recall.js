/**
 * Semantic recall without a network: an embedder that counts words, and a vector store that looks at every vector.
 *
 * @module
 */

import { MastraVector } from '@mastra/core/vector';

const DIMENSION = 64;

/** One dimension per hashed word stem, so texts that share words are near. @param {string} text */
function embed(text) {
  const vector = new Array(DIMENSION).fill(0);
  for (const word of text.toLowerCase().match(/\p{L}{4,}/gu) ?? []) {
    let hash = 7;
    for (const char of word.slice(0, 5))
      hash = (hash * 31 + /** @type {number} */ (char.codePointAt(0))) % DIMENSION;
    vector[hash] += 1;
  }
  return vector;
}

/** @returns {any} an EmbeddingModelV2 of the AI SDK */
export const createEmbedder = () => ({
  specificationVersion: 'v2',
  provider: 'scripted',
  modelId: 'words',
  maxEmbeddingsPerCall: 100,
  supportsParallelCalls: true,
  /** @param {{ values: string[] }} options */
  doEmbed: async ({ values }) => ({ embeddings: values.map(embed), usage: { tokens: values.length } }),
});

/** @param {number[]} a @param {number[]} b */
function cosine(a, b) {
  const dot = (/** @type {number[]} */ x, /** @type {number[]} */ y) =>
    x.reduce((sum, v, i) => sum + v * y[i], 0);
  return dot(a, b) / (Math.sqrt(dot(a, a) * dot(b, b)) || 1);
}

/** Equality of fields, and `$in`: all that core asks for here. @param {Record<string, any>} metadata @param {any} filter */
function matches(metadata, filter) {
  return Object.entries(filter ?? {}).every(([key, wanted]) =>
    wanted?.$in ? wanted.$in.includes(metadata[key]) : metadata[key] === wanted,
  );
}

/** @typedef {{ id: string, vector: number[], metadata: Record<string, any> }} Row */

export class LocalVectors extends MastraVector {
  /** @type {Map<string, Row[]>} */
  #indexes = new Map();
  #made = 0;

  constructor() {
    super({ id: 'local-vectors' });
  }

  /** @param {string} name */
  #rows(name) {
    const rows = this.#indexes.get(name) ?? [];
    this.#indexes.set(name, rows);
    return rows;
  }

  /** @override @param {any} params */
  async query({ indexName, queryVector, topK = 10, filter }) {
    const found = this.#rows(indexName).filter(({ metadata }) => matches(metadata, filter));
    const scored = found.map(({ id, vector, metadata }) => ({
      id,
      metadata,
      score: cosine(vector, queryVector),
    }));
    return scored.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1)).slice(0, topK);
  }

  /** @override @param {any} params */
  async upsert({ indexName, vectors, metadata }) {
    const rows = vectors.map((/** @type {number[]} */ vector, /** @type {number} */ i) => ({
      id: `vector-${String(++this.#made).padStart(4, '0')}`,
      vector,
      metadata: metadata?.[i] ?? {},
    }));
    this.#rows(indexName).push(...rows);
    return rows.map((/** @type {Row} */ { id }) => id);
  }

  /** @override @param {any} params */
  async createIndex({ indexName }) {
    this.#rows(indexName);
  }

  /** @override */
  async listIndexes() {
    return [...this.#indexes.keys()];
  }

  /** @override @param {any} params */
  async describeIndex({ indexName }) {
    return {
      dimension: DIMENSION,
      count: this.#rows(indexName).length,
      metric: /** @type {const} */ ('cosine'),
    };
  }

  /** @override @param {any} params */
  async deleteIndex({ indexName }) {
    this.#indexes.delete(indexName);
  }

  /** @override @returns {Promise<void>} */
  async updateVector() {
    throw new Error('Core does not update single vectors.');
  }

  /** @override @param {any} params */
  async deleteVector({ indexName, id }) {
    await this.deleteVectors({ indexName, ids: [id] });
  }

  /** @override @param {any} params */
  async deleteVectors({ indexName, ids, filter }) {
    const kept = this.#rows(indexName).filter(({ id, metadata }) =>
      ids ? !ids.includes(id) : !matches(metadata, filter),
    );
    this.#indexes.set(indexName, kept);
  }
}
