// What tools/text.mjs writes: a module in base64. package.json's `imports` lead here for types.
declare const text: string;
export default text;
