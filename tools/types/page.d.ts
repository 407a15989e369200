// What tools/worker.mjs writes: the files of the Worker's page, type and text by path.
declare const page: Record<string, [type: string, text: string]>;
export default page;
