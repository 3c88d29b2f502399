// What the identity providers of the tests share: a server of their own on this machine, forms, and plain pages that need no
// scripts. They live at 127.0.0.1, another site than a console at `localhost`, as real ones are.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listening {
    /** Without a slash at the end. */
    url: string;
    close(): Promise<void>;
}

export type Handler = (asked: IncomingMessage, answer: ServerResponse) => void | Promise<void>;

/** A server on a free port, whose handler is made once its address is known. */
export async function listen(handlerAt: (url: string) => Handler | Promise<Handler>): Promise<Listening> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', resolve);
    });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const handle = await handlerAt(url);
    server.on('request', (asked, answer) => {
        void (async () => handle(asked, answer))().catch((error: unknown) => {
            if (answer.headersSent) answer.destroy();
            else sendPage(answer, 'This failed', escape(String(error)), 500);
        });
    });
    return {
        url,
        close: async () => {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
        },
    };
}

/** The address that was asked for; only its path and query are meant. */
export function addressOf(asked: IncomingMessage): URL {
    return new URL(asked.url ?? '/', 'http://127.0.0.1');
}

export async function readForm(asked: IncomingMessage): Promise<URLSearchParams> {
    const parts: Buffer[] = [];
    for await (const part of asked) parts.push(part as Buffer);
    return new URLSearchParams(Buffer.concat(parts).toString());
}

export function sendJson(answer: ServerResponse, value: unknown, status = 200): void {
    answer.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' });
    answer.end(JSON.stringify(value));
}

export function redirect(answer: ServerResponse, address: string | URL): void {
    answer.writeHead(302, { Location: String(address), 'Cache-Control': 'no-store' }).end();
}

/** `body` is HTML. Where scripts run, a mark says so to the tests. */
export function sendPage(answer: ServerResponse, title: string, body: string, status = 200): void {
    answer.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
    answer.end(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title></head>
<body><script>document.body.dataset.scripts = 'run';</script><main><h1>${escape(title)}</h1>${body}</main></body></html>`);
}

/** A form that asks for an e-mail address and keeps what came with the question. */
export function addressForm(action: string, button: string, kept: Record<string, string> = {}, said = ''): string {
    const hidden = Object.entries(kept).map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`);
    return `${said && `<p role="alert">${escape(said)}</p>`}<form method="post" action="${escape(action)}">${hidden.join('')}
<p><label>Email <input name="email" type="email"></label></p>
<p><button>${escape(button)}</button> <button name="cancel" value="yes" formnovalidate>Cancel</button></p></form>`;
}

export function escape(text: string): string {
    return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}

/** Libraries for real providers warn of what is as it should be here: that nothing is kept, or that nobody can sign out. */
export async function withoutWarnings<T>(act: () => T | Promise<T>): Promise<T> {
    const { warn } = console;
    console.warn = () => undefined;
    try {
        return await act();
    } finally {
        console.warn = warn;
    }
}
