// Made by tools/abi.mjs from the headers of src/. Do not edit.

/** Bytes of a key. */
export const MAX_KEY = 512;
/** Bytes of a key's metadata as JSON. */
export const MAX_METADATA = 1024;
/** Keys of one page of a list. */
export const MAX_LIST = 1000;
/** Keys of one bulk get. */
export const MAX_BULK_KEYS = 100;
/** Bytes of one value, and of all the values of a bulk get. */
export const MAX_VALUE = 26214400;
