declare module 'http_ece' {
  const ece: {
    decrypt(
      body: Buffer,
      params: { version: 'aes128gcm'; privateKey: import('node:crypto').ECDH; authSecret: string },
    ): Buffer;
  };
  // biome-ignore lint/style/noDefaultExport: as the package has it.
  export default ece;
}
