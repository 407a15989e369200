import { describe, expect, it } from 'vitest';
import { at } from '../support/records.js';

/**
 * @param {string} traceId
 * @param {string} spanId
 * @param {object} [fields]
 * @returns {any}
 */
export const span = (traceId, spanId, fields = {}) => ({
  ...{ traceId, spanId, name: `span ${spanId}`, spanType: 'agent_run', isEvent: false },
  ...{ startedAt: at(1), endedAt: at(2) },
  ...fields,
});

/** @param {import('./support.js').Make} make */
export function traces(make) {
  /** @param {...any[]} batches */
  async function holding(...batches) {
    const { observability: domain } = await make();
    for (const records of batches) await domain.batchCreateSpans({ records });
    return domain;
  }
  const child = (
    /** @type {string} */ traceId,
    /** @type {string} */ spanId,
    /** @type {object} */ fields = {},
  ) => span(traceId, spanId, { parentSpanId: 'root', spanType: 'model_step', ...fields });
  const spanIds = (/** @type {any} */ trace) =>
    trace?.spans.map((/** @type {any} */ one) => one.spanId).join('');
  const listed = async (/** @type {any} */ domain, /** @type {any} */ args = {}) => {
    const { spans, pagination } = await domain.listTraces(args);
    return `${spans.map((/** @type {any} */ one) => one.traceId).join('')} of ${pagination.total}`;
  };

  describe('a trace', () => {
    const turn = () => [
      span('t', 'root', { input: { q: 'Kyoto?' }, tags: ['a'], metadata: { n: 1, deep: { x: [1, null] } } }),
      child('t', 'b', { startedAt: at(1.5), output: 'April', attributes: { model: 'm' } }),
      child('t', 'a', { startedAt: at(1.2), error: undefined, links: [] }),
    ];

    it('comes back span by span, in the order in which they began', async () => {
      const domain = await holding(turn());
      const trace = await domain.getTrace({ traceId: 't' });
      expect(spanIds(trace)).toBe('rootab');
      for (const given of turn()) {
        const { span: found } = await domain.getSpan({ traceId: 't', spanId: given.spanId });
        expect(found).toMatchObject(withoutUndefined(given));
        expect(found.createdAt).toBeInstanceOf(Date);
        expect(found.updatedAt).toEqual(found.createdAt);
        expect(found.status).toBeUndefined();
      }
      expect((await domain.getRootSpan({ traceId: 't' })).span.spanId).toBe('root');
    });

    it('is null where there is none', async () => {
      const domain = await holding(turn());
      expect(await domain.getTrace({ traceId: 'zz' })).toBeNull();
      expect(await domain.getTraceLight({ traceId: 'zz' })).toBeNull();
      expect(await domain.getSpan({ traceId: 't', spanId: 'zz' })).toBeNull();
      expect(await domain.getRootSpan({ traceId: 'zz' })).toBeNull();
      expect(await domain.getSpans({ traceId: 't', spanIds: ['zz', 'b', 'root'] })).toMatchObject({
        spans: [{ spanId: 'b' }, { spanId: 'root' }],
      });
    });

    it('is outlined without what its spans say at length', async () => {
      const domain = await holding(turn());
      for (const method of ['getTraceLight', 'getStructure']) {
        const outline = await domain[method]({ traceId: 't' });
        expect(spanIds(outline)).toBe('rootab');
        expect(outline.spans[0]).toMatchObject({ name: 'span root', startedAt: at(1), endedAt: at(2) });
        for (const name of ['input', 'output', 'attributes', 'metadata', 'tags', 'links']) {
          expect(outline.spans.some((/** @type {any} */ one) => name in one)).toBe(false);
        }
      }
    });

    it('has branches', async () => {
      const domain = await holding([...turn(), child('t', 'c', { parentSpanId: 'b', startedAt: at(1.8) })]);
      expect(spanIds(await domain.getBranch({ traceId: 't', spanId: 'b' }))).toBe('bc');
      expect(spanIds(await domain.getBranch({ traceId: 't', spanId: 'root', depth: 1 }))).toBe('rootab');
      expect(await domain.getBranch({ traceId: 't', spanId: 'zz' })).toBeNull();
    });

    it('that is sent again, whole or in part, is there once', async () => {
      const domain = await holding(turn(), turn(), [turn()[2], turn()[0]]);
      await domain.batchCreateSpans({ records: [child('t', 'b', { startedAt: at(1.5), output: 'May' })] });
      const trace = await domain.getTrace({ traceId: 't' });
      expect(spanIds(trace)).toBe('rootab');
      expect(trace.spans[2].output).toBe('May');
      expect(trace.spans[2].attributes).toBeUndefined();
      expect(await listed(domain)).toBe('t of 1');
    });

    it('that has a span twice in a batch has the last one', async () => {
      const domain = await holding([child('t', 'a', { output: 1 }), child('t', 'a', { output: 2 })]);
      expect((await domain.getTrace({ traceId: 't' })).spans).toMatchObject([{ output: 2 }]);
    });

    it('is found before its root comes, and listed then', async () => {
      const domain = await holding([child('t', 'a'), child('u', 'b')]);
      expect(spanIds(await domain.getTrace({ traceId: 't' }))).toBe('a');
      expect(await domain.getRootSpan({ traceId: 't' })).toBeNull();
      expect(await listed(domain)).toBe(' of 0');
      await domain.batchCreateSpans({ records: [span('t', 'root', { startedAt: at(0) })] });
      expect(await listed(domain)).toBe('t of 1');
      expect(spanIds(await domain.getTrace({ traceId: 't' }))).toBe('roota');
    });

    it('is deleted with all of its spans', async () => {
      const domain = await holding(turn(), [child('t', 'late')], [span('u', 'root'), span('tt', 'root')]);
      await domain.batchDeleteTraces({ traceIds: ['t', 'unknown'] });
      await domain.batchDeleteTraces({ traceIds: [] });
      expect(await domain.getTrace({ traceId: 't' })).toBeNull();
      const { spans } = await domain.listTraces({});
      expect(spans.map((/** @type {any} */ one) => one.traceId).sort()).toEqual(['tt', 'u']);
    });

    it('is deleted only in the scope that is given', async () => {
      const domain = await holding([
        span('t', 'root', { resourceId: 'alice', organizationId: 'o' }),
        child('t', 'a'),
      ]);
      await domain.batchDeleteTraces({ traceIds: ['t'], resourceId: 'bob' });
      await domain.batchDeleteTraces({ traceIds: ['t'], resourceId: 'alice', organizationId: 'p' });
      expect(spanIds(await domain.getTrace({ traceId: 't' }))).toBe('roota');
      await domain.batchDeleteTraces({ traceIds: ['t'], resourceId: 'alice', organizationId: 'o' });
      expect(await domain.getTrace({ traceId: 't' })).toBeNull();
    });

    it.each([
      ['without a trace', { traceId: undefined }],
      ['of an empty trace', { traceId: '' }],
      ['without an id', { spanId: undefined }],
      ['of an empty id', { spanId: '' }],
    ])('takes no span %s', async (_, fields) => {
      const domain = await holding();
      await expect(domain.batchCreateSpans({ records: [span('t', 'a', fields)] })).rejects.toThrow();
      expect(await domain.getTrace({ traceId: 't' })).toBeNull();
    });
  });

  describe('traces are listed', () => {
    const five = () =>
      holding(
        [
          span('a', 'r', {
            startedAt: at(10),
            endedAt: at(50),
            entityId: 'guide',
            entityType: 'agent',
            userId: 'u1',
          }),
          span('b', 'r', {
            startedAt: at(20),
            endedAt: undefined,
            threadId: 't',
            tags: ['x', 'y'],
            environment: 'dev',
          }),
          span('c', 'r', {
            ...{ startedAt: at(30), endedAt: at(40), spanType: 'workflow_run', error: { message: 'no' } },
            ...{
              metadata: { n: 1, flag: true, none: null, deep: { a: 1, b: [2] } },
              scope: { version: '1' },
            },
          }),
        ],
        [child('a', 'x', { error: { message: 'oops' }, startedAt: at(11) })],
        [
          span('d', 'r', {
            startedAt: at(40),
            endedAt: at(45),
            tags: ['y'],
            metadata: { n: '1' },
            experimentId: 'e',
          }),
          span('e', 'r', {
            startedAt: at(50),
            endedAt: at(60),
            entityName: 'Ünï',
            runId: 'r1',
            requestId: 'q1',
          }),
          child('e', 'x', { startedAt: at(51) }),
        ],
      );

    it('newest first, in pages of ten', async () => {
      const domain = await five();
      const { spans, pagination } = await domain.listTraces({});
      expect(spans.map((/** @type {any} */ one) => [one.traceId, one.status])).toEqual([
        ['e', 'success'],
        ['d', 'success'],
        ['c', 'error'],
        ['b', 'running'],
        ['a', 'success'],
      ]);
      expect(pagination).toEqual({ total: 5, page: 0, perPage: 10, hasMore: false });
      expect(spans[2]).toMatchObject({
        startedAt: at(30),
        metadata: { deep: { a: 1, b: [2] } },
        scope: { version: '1' },
      });
      expect(spans[2].sortAt).toBeUndefined();
    });

    it('page by page', async () => {
      const domain = await five();
      const page = (/** @type {number} */ n) => domain.listTraces({ pagination: { page: n, perPage: 2 } });
      expect(await listed(domain, { pagination: { page: 1, perPage: 2 } })).toBe('cb of 5');
      expect((await page(1)).pagination.hasMore).toBe(true);
      expect((await page(2)).pagination.hasMore).toBe(false);
      expect(await listed(domain, { pagination: { page: 9, perPage: 2 } })).toBe(' of 5');
      expect(await listed(domain, { filters: { metadata: {} }, pagination: { page: 1, perPage: 1 } })).toBe(
        'c of 2',
      );
    });

    it.each([
      ['startedAt', 'ASC', 'abcde'],
      ['startedAt', 'DESC', 'edcba'],
      ['endedAt', 'ASC', 'cdaeb'],
      ['endedAt', 'DESC', 'beadc'],
    ])('by %s, %s', async (field, direction, expected) => {
      expect(await listed(await five(), { orderBy: { field, direction } })).toBe(`${expected} of 5`);
    });

    it.each([
      ['entity', { entityId: 'guide', entityType: 'agent' }, 'a'],
      ['name of the entity', { entityName: 'Ünï' }, 'e'],
      ['user', { userId: 'u1' }, 'a'],
      ['thread', { threadId: 't' }, 'b'],
      ['run', { runId: 'r1' }, 'e'],
      ['request', { requestId: 'q1' }, 'e'],
      ['environment', { environment: 'dev' }, 'b'],
      ['kind of span', { spanType: 'workflow_run' }, 'c'],
      ['experiment', { experimentId: 'e' }, 'd'],
      ['status running', { status: 'running' }, 'b'],
      ['status error', { status: 'error' }, 'c'],
      ['status success', { status: 'success' }, 'eda'],
      ['an error in any span', { hasChildError: true }, 'ca'],
      ['no error in any span', { hasChildError: false }, 'edb'],
      ['a tag', { tags: ['y'] }, 'db'],
      ['all of some tags', { tags: ['y', 'x'] }, 'b'],
      ['no tags', { tags: [] }, 'edcba'],
      ['a number', { metadata: { n: 1 } }, 'c'],
      ['a text that looks like one', { metadata: { n: '1' } }, 'd'],
      ['a boolean', { metadata: { flag: true } }, 'c'],
      ['null', { metadata: { none: null } }, 'c'],
      ['an object, in whichever order', { metadata: { deep: { b: [2], a: 1 } } }, 'c'],
      ['no part of an object', { metadata: { deep: { a: 1 } } }, ''],
      ['any metadata', { metadata: {} }, 'dc'],
      ['scope', { scope: { version: '1' } }, 'c'],
      ['when it began', { startedAt: { start: at(20), end: at(40) } }, 'dcb'],
      [
        'when it began, exclusively',
        { startedAt: { start: at(20), end: at(40), startExclusive: true, endExclusive: true } },
        'c',
      ],
      ['when it ended', { endedAt: { start: at(45) } }, 'eda'],
      ['both', { startedAt: { start: at(20) }, endedAt: { end: at(45) } }, 'dc'],
      ['what is unknown: all', { name: 'x', unknown: 1 }, 'edcba'],
      ['all of it', { tags: ['y'], status: 'success', metadata: { n: '1' } }, 'd'],
    ])('by %s', async (_, filters, expected) => {
      expect(await listed(await five(), { filters })).toBe(`${expected} of ${expected.length}`);
    });

    it('with an error in a span that comes later', async () => {
      const domain = await holding([span('t', 'root')]);
      expect(await listed(domain, { filters: { hasChildError: true } })).toBe(' of 0');
      await domain.batchCreateSpans({ records: [child('t', 'a', { error: { message: 'x' } })] });
      expect(await listed(domain, { filters: { hasChildError: true } })).toBe('t of 1');
      expect(await listed(domain, { filters: { status: 'success' } })).toBe('t of 1');
    });

    it('lightly', async () => {
      const domain = await five();
      const { spans } = await domain.listTracesLight({ filters: { threadId: 't' } });
      expect(spans).toHaveLength(1);
      expect(spans[0]).toMatchObject({ traceId: 'b', status: 'running' });
    });

    it.each([
      [{ pagination: { page: -1 } }],
      [{ pagination: { perPage: 0 } }],
      [{ pagination: { perPage: 101 } }],
      [{ pagination: { perPage: false } }],
      [undefined],
    ])('not by %j', async (args) => {
      const domain = await holding();
      await expect(domain.listTraces(args)).rejects.toThrow();
    });
  });
}

/** @param {any} record */
const withoutUndefined = (record) =>
  Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
