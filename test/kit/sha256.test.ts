import { expect, test } from "vitest";
import { sha256 } from "../../src/kit/sha256.js";

// FIPS 180-4, examples of NIST.
test.each([
  ["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
  ["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
  [
    "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  ],
])("SHA-256 of the text %j, in hex", (text, digest) => {
  expect(sha256(text)).toBe(digest);
});

test("a text is digested as its UTF-8", () => {
  expect(sha256("Zürich 😀")).toBe(sha256(new TextEncoder().encode("Zürich 😀")));
});
