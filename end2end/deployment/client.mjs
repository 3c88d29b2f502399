// Asks the console by HTTP, through nginx or past it, and under the console's own name in either case.

import http from 'node:http';
import https from 'node:https';

const PATIENCE = 35_000;

/** A place to ask at: `url` is the address of nginx or of one server, `console` that of the console. */
export class Place {
    constructor(url, consoleUrl, ca) {
        this.url = new URL(url);
        this.console = new URL(consoleUrl);
        this.scheme = this.url.protocol === 'https:' ? https : http;
        this.agent = new this.scheme.Agent({ keepAlive: true, ca, servername: this.console.hostname });
    }

    ask(method, path, { headers = {}, body, agent = this.agent } = {}) {
        return new Promise((resolve, reject) => {
            const request = this.scheme.request(
                {
                    host: '127.0.0.1',
                    port: this.url.port,
                    method,
                    path,
                    agent,
                    headers: {
                        host: this.console.host,
                        ...headers,
                        ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
                    },
                },
                (response) => {
                    const pieces = [];
                    response.on('data', (piece) => pieces.push(piece));
                    response.on('error', reject);
                    response.on('end', () => {
                        if (!response.complete) return reject(new Error('the answer breaks off'));
                        const text = Buffer.concat(pieces).toString();
                        resolve({ status: response.statusCode, headers: response.headers, text });
                    });
                },
            );
            request.setTimeout(PATIENCE, () => request.destroy(new Error('no answer in time')));
            request.on('error', reject);
            request.end(body);
        });
    }
}

/** Somebody's browser. It brings its cookies to whatever place it is sent to. */
export class Browser {
    constructor(address) {
        this.cookies = new Map();
        this.address = address;
    }

    headers() {
        const cookies = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
        return {
            accept: 'text/html',
            ...(cookies ? { cookie: cookies } : {}),
            // Past nginx it comes from an address of its own.
            ...(this.address ? { 'x-forwarded-for': this.address } : {}),
        };
    }

    keep(answer) {
        for (const line of answer.headers['set-cookie'] ?? []) {
            const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
            if (value === '' || /max-age=0/i.test(line)) this.cookies.delete(name);
            else this.cookies.set(name, value);
        }
        return answer;
    }

    async open(place, path) {
        return this.keep(await place.ask('GET', path, { headers: this.headers() }));
    }

    /** A form, as a browser without scripts sends it, or with another `accept` a script of a page. */
    async send(place, path, fields, accept = 'text/html') {
        const headers = {
            ...this.headers(),
            accept,
            origin: place.console.origin,
            'content-type': 'application/x-www-form-urlencoded',
        };
        return this.keep(await place.ask('POST', path, { headers, body: String(new URLSearchParams(fields)) }));
    }

    signIn(place, email, password) {
        return this.send(place, '/api/sign_in/password', { email, password });
    }

    async isSignedIn(place) {
        const { status } = await this.open(place, '/account/settings');
        if (status === 200) return true;
        if (status === 303) return false;
        throw new Error(`/account/settings answers ${status}`);
    }
}

/** A script with an access token. */
export class Script {
    constructor(token) {
        this.token = token;
    }

    async ask(place, method, path, { body, key, headers = {}, agent } = {}) {
        return place.ask(method, path, {
            agent,
            headers: {
                authorization: `Bearer ${this.token}`,
                ...(body === undefined ? {} : { 'content-type': 'application/json' }),
                ...(key === undefined ? {} : { 'idempotency-key': key }),
                ...headers,
            },
            body: body === undefined ? undefined : JSON.stringify(body),
        });
    }

    async wants(place, status, method, path, more) {
        const answer = await this.ask(place, method, path, more);
        if (answer.status !== status) throw new Error(`${method} ${path} answers ${answer.status}: ${answer.text.slice(0, 300)}`);
        return answer.text ? JSON.parse(answer.text) : undefined;
    }
}
