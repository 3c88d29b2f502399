// An authenticator app on a phone: it reads the QR code on a page, and shows codes (RFC 6238: SHA-1, six digits, 30 seconds).

import { createHmac } from 'node:crypto';
import { expect, type Locator } from '@playwright/test';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';

type Decode = typeof jsqr.default;
/** Of a module that was written before there were modules. */
const decode = (jsqr as { default?: Decode }).default ?? (jsqr as unknown as Decode);

const STEP = 30_000;
/** The longest from reading a code until the server judges it. */
const TYPING = 10_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** RFC 4648, without padding. */
function fromBase32(text: string): Buffer {
    let bits = '';
    for (const letter of text) bits += ALPHABET.indexOf(letter).toString(2).padStart(5, '0');
    return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

export class Phone {
    /** What the QR code says besides the secret. */
    readonly issuer: string;
    private readonly secret: Buffer;
    /** Of the last code that was shown: each is used once. */
    private lastStep = 0;

    private constructor(secret: string, issuer: string) {
        this.secret = fromBase32(secret);
        this.issuer = issuer;
    }

    /** Scans the QR code as a camera does: from what is painted. */
    static async scan(code: Locator): Promise<Phone> {
        await expect(code).toBeVisible();
        const { data, width, height } = PNG.sync.read(await code.screenshot());
        const seen = decode(new Uint8ClampedArray(data), width, height);
        if (!seen) throw new Error('the QR code can not be read');
        const uri = new URL(seen.data);
        expect(uri.protocol).toBe('otpauth:');
        return new Phone(uri.searchParams.get('secret') ?? '', uri.searchParams.get('issuer') ?? '');
    }

    /** That was told the key in letters. */
    static of(secret: string): Phone {
        return new Phone(secret.replaceAll(' ', ''), '');
    }

    /** A code that works now and was not used before. A clock may be a step behind or ahead, so most need no waiting. */
    async code(): Promise<string> {
        const now = () => Math.floor(Date.now() / STEP);
        // The step before the one in which it will have been typed and sent.
        this.lastStep = Math.max(this.lastStep + 1, Math.floor((Date.now() + TYPING) / STEP) - 1);
        // What a person does who has just used a code: they wait for the next one.
        await expect.poll(() => this.lastStep - now(), { timeout: 2 * STEP }).toBeLessThanOrEqual(1);
        return this.codeOf(this.lastStep);
    }

    private codeOf(step: number): string {
        const counter = Buffer.alloc(8);
        counter.writeBigUInt64BE(BigInt(step));
        const hash = createHmac('sha1', this.secret).update(counter).digest();
        const offset = (hash.at(-1) ?? 0) & 15;
        const number = (hash.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000;
        return String(number).padStart(6, '0');
    }
}
