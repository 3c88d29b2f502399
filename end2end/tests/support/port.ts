// Ports that are free.

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * A port that nobody listened on a moment ago. It is outside of what systems give to whoever asks for any port (from
 * 32768 on), so that no connection takes it before the server does.
 */
export async function freePort(): Promise<number> {
    for (;;) {
        const port = randomInt(10_000, 32_000);
        if (await isFree(port)) {
            return port;
        }
    }
}

async function isFree(port: number): Promise<boolean> {
    const probe = createServer();
    const listens = await new Promise<boolean>((resolve) => {
        probe.once('error', () => resolve(false));
        probe.listen(port, '127.0.0.1', () => resolve(true));
    });
    await new Promise((resolve) => probe.close(resolve));
    return listens;
}
