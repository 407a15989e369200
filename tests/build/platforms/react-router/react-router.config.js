export default { ssr: true, future: {} };
