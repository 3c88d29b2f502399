// A slow line between browser and console: pages come in two parts, with a pause between them.

import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { freePort } from './port.ts';

/** Milliseconds between the parts: many frames. */
const PAUSE = 400;

/** Where a page is cut in two. */
export type Cut = (html: string) => number;

export type Change = (html: string) => string;

/** In what the page is about, from its beginning (0) to its end (1). */
export function inMain(share: number): Cut {
    return (html) => {
        const [start, end] = [html.indexOf('<main'), html.indexOf('</main>')];
        return start + Math.floor((end - start) * share);
    };
}

/** Before the element that has this in its tag. */
export function before(attribute: string): Cut {
    return (html) => html.lastIndexOf('<', html.indexOf(attribute));
}

export class SlowLine {
    /** The console by way of this line. */
    readonly url: string;
    private readonly server: Server;

    private constructor(url: string, server: Server) {
        this.url = url;
        this.server = server;
    }

    /** `change` is made to each page on its way. The second part comes after a pause, or when `rest` says so. */
    static async to(usher: string, cut: Cut, change: Change = (html) => html, rest: () => Promise<void> = pause): Promise<SlowLine> {
        const port = await freePort();
        const server = createServer((asked, answer) => pass(usher, cut, change, rest, asked, answer));
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
        return new SlowLine(`http://127.0.0.1:${port}`, server);
    }

    async close(): Promise<void> {
        this.server.closeAllConnections();
        await new Promise((resolve) => this.server.close(resolve));
    }
}

function pause(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, PAUSE));
}

function pass(usher: string, cut: Cut, change: Change, rest: () => Promise<void>, asked: IncomingMessage, answer: ServerResponse): void {
    const { host, port } = new URL(usher);
    const headers = { ...asked.headers, host, 'accept-encoding': 'identity' };
    const onward = request({ host: '127.0.0.1', port, path: asked.url, method: asked.method, headers }, (given) => {
        const parts: Buffer[] = [];
        given.on('data', (part: Buffer) => parts.push(part));
        given.on('end', () => {
            const { 'content-length': _, ...kept } = given.headers;
            const body = Buffer.concat(parts);
            answer.writeHead(given.statusCode ?? 502, kept);
            if (!String(given.headers['content-type']).startsWith('text/html')) {
                answer.end(body);
                return;
            }
            const html = change(body.toString());
            const at = cut(html);
            answer.write(html.slice(0, at));
            void rest().then(() => answer.end(html.slice(at)));
        });
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
}
