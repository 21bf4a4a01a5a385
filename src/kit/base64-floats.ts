/** Float32 arrays in JSON, to the bit: base64 of their little-endian bytes. */
export function toBase64(values: Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64");
}

export function fromBase64(text: string): Float32Array {
  const bytes = Buffer.from(text, "base64");
  // A copy of its own: a pooled buffer need not be aligned to four bytes.
  return new Float32Array(new Uint8Array(bytes).buffer);
}
