/**
 * What datasets and their items are made of: as they are stored, and as Mastra knows them.
 *
 * @module
 */

/** What an update may take away; of the rest null stays out of account. */
export const CLEARABLE = [
  'inputSchema',
  'groundTruthSchema',
  'requestContextSchema',
  'tags',
  'targetType',
  'targetIds',
  'scorerIds',
];
export const KEPT = ['name', 'description', 'metadata'];
/** What an item says of itself. */
export const PAYLOAD = [
  'input',
  'groundTruth',
  'expectedTrajectory',
  'toolMocks',
  'unmockedToolPolicy',
  'scorerIds',
  'requestContext',
  'metadata',
  'source',
];

/** @param {any} row  fresh @returns {any} */
export function toDataset(row) {
  delete row.changes;
  for (const name of CLEARABLE) if (row[name] === null) delete row[name];
  return row;
}

/** @param {any} row  fresh @returns {any} */
export function toRow(row) {
  delete row.number;
  return row;
}

/** @param {any} row  fresh @returns {any} */
export function toItem({ validTo: _, isDeleted: __, number: ___, ...item }) {
  return item;
}

/** @param {any} item @returns {Record<string, any>} */
export const payloadOf = (item) => Object.fromEntries(PAYLOAD.map((name) => [name, item[name]]));

/** @param {any} dataset */
export const ownersOf = ({ organizationId = null, projectId = null }) => ({ organizationId, projectId });

/** Without what is the store's to set. @param {any} row @returns {any} */
export function undated({ updatedAt: _, validTo: __, ...row }) {
  return row;
}

/** @param {any} row @returns {any} */
export const tombstone = (row) => ({ ...undated(row), isDeleted: true });

/** @param {any} row @param {string} search */
export function says({ input, groundTruth }, search) {
  const wanted = search.toLowerCase();
  const texts = [input, groundTruth || ''].map((one) =>
    typeof one === 'string' ? one : (JSON.stringify(one) ?? ''),
  );
  return texts.some((text) => text.toLowerCase().includes(wanted));
}
