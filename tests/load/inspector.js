/**
 * How much JavaScript holds in workerd, asked over its inspector.
 *
 * @module
 */

/**
 * @param {URL} address  of the inspector
 * @returns {Promise<{ heap: () => Promise<number>, close: () => void }>}  heap: bytes that are in use after a collection
 */
export async function openInspector(address) {
  const [{ webSocketDebuggerUrl }] = /** @type {any[]} */ (
    await (await fetch(new URL('/json', address))).json()
  );
  // It speaks to pages of this machine only.
  const socket = new WebSocket(
    webSocketDebuggerUrl,
    /** @type {any} */ ({ headers: { origin: address.origin } }),
  );
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => {
      reject(new Error('the inspector does not answer'));
    };
  });
  /** @type {Map<number, (result: any) => void>} */
  const waiting = new Map();
  socket.onerror = () => {};
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(String(data));
    waiting.get(id)?.(result);
    waiting.delete(id);
  };
  let asked = 0;
  /** @param {string} method @returns {Promise<any>} */
  const ask = (method) =>
    new Promise((resolve) => {
      waiting.set(++asked, resolve);
      socket.send(JSON.stringify({ id: asked, method }));
    });
  return {
    async heap() {
      await ask('HeapProfiler.collectGarbage');
      return (await ask('Runtime.getHeapUsage')).usedSize;
    },
    close() {
      socket.close();
    },
  };
}
