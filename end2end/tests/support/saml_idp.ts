// A SAML identity provider of its own: the package `samlify` in this process. It reads the console's requests by HTTP-Redirect
// and answers with a form that posts itself. Key and certificate are made at its start.

import type { IncomingMessage, ServerResponse } from 'node:http';
import samlify from 'samlify';
import { generate } from 'selfsigned';
import { addressForm, addressOf, escape, listen, readForm, sendPage, type Listening } from './outside.ts';
import { CERTIFICATE_ENDS, fetchText, samlPerson, type SamlPerson, type SamlProvider } from './saml.ts';

const { Constants, IdentityProvider, SamlLib, ServiceProvider } = samlify;

type Idp = ReturnType<typeof IdentityProvider>;
type Sp = ReturnType<typeof ServiceProvider>;
type Request = Awaited<ReturnType<Idp['parseLoginRequest']>>;

/** Addresses of a console: the name by which it asks, and where it wants to be answered. */
interface Trusted {
    entityId: string;
    acs: string;
}

const NAME_ID = {
    persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
};
const PASSWORD_OVER_TLS = 'urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport';

export class SamlIdp implements SamlProvider {
    readonly certificate: string;
    private readonly key: string;
    private readonly trusted = new Map<string, Trusted>();
    private readonly people = new Map<string, SamlPerson>();
    private server: Listening | undefined;

    private constructor(key: string, certificate: string) {
        [this.key, this.certificate] = [key, certificate];
    }

    static async open(): Promise<SamlIdp> {
        const { cert, private: key } = await generate([{ name: 'commonName', value: 'samlify of the tests' }], {
            keySize: 2048,
            algorithm: 'sha256',
            notAfterDate: CERTIFICATE_ENDS,
        });
        // It wants a judge of schemas. The console has its own, for what comes from here.
        samlify.setSchemaValidator({ validate: () => Promise.resolve('not looked at') });
        const idp = new SamlIdp(key, cert);
        idp.server = await listen(() => (asked, answer) => idp.answer(asked, answer));
        return idp;
    }

    private get url(): string {
        return this.server?.url ?? '';
    }

    get entityId(): string {
        return `${this.url}/metadata`;
    }

    get ssoUrl(): string {
        return `${this.url}/sso`;
    }

    get metadataUrl(): string {
        return `${this.url}/metadata`;
    }

    get metadata(): string {
        return this.idp().getMetadata();
    }

    async trust(metadataUrl: string): Promise<void> {
        const { entityMeta } = ServiceProvider({ metadata: await fetchText(metadataUrl) });
        const acs = entityMeta.getAssertionConsumerService('post');
        if (typeof acs !== 'string') throw new Error(`no consumer for HTTP-POST at ${metadataUrl}`);
        const entityId = entityMeta.getEntityID();
        this.trusted.set(entityId, { entityId, acs });
    }

    async know(person: Pick<SamlPerson, 'email'> & Partial<SamlPerson>): Promise<SamlPerson> {
        const known = samlPerson(person);
        this.people.set(known.email, known);
        return known;
    }

    async close(): Promise<void> {
        await this.server?.close();
    }

    private idp(format: SamlPerson['nameIdFormat'] = 'persistent'): Idp {
        return IdentityProvider({
            entityID: this.entityId,
            privateKey: this.key,
            signingCert: this.certificate,
            requestSignatureAlgorithm: 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
            nameIDFormat: [NAME_ID[format]],
            singleSignOnService: [{ Binding: Constants.namespace.binding.redirect, Location: this.ssoUrl }],
            // There is nothing to sign out of. Without one the library complains each time.
            singleLogoutService: [{ Binding: Constants.namespace.binding.redirect, Location: `${this.url}/logout` }],
        });
    }

    private sp({ entityId, acs }: Trusted, signed: SamlPerson['signed'] = 'assertion'): Sp {
        return ServiceProvider({
            entityID: entityId,
            assertionConsumerService: [{ Binding: Constants.namespace.binding.post, Location: acs }],
            wantAssertionsSigned: signed === 'assertion',
            wantMessageSigned: signed === 'response',
        });
    }

    private async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
        const { pathname, searchParams } = addressOf(asked);
        if (pathname === '/metadata') {
            answer.writeHead(200, { 'Content-Type': 'application/samlmetadata+xml' }).end(this.metadata);
            return;
        }
        if (pathname !== '/sso') return sendPage(answer, 'Not found', '', 404);
        const form = asked.method === 'POST' ? await readForm(asked) : searchParams;
        const kept = { SAMLRequest: form.get('SAMLRequest') ?? '', RelayState: form.get('RelayState') ?? '' };
        const [trusted, request] = await this.read(kept.SAMLRequest);
        const show = (said?: string) =>
            sendPage(answer, 'Sign in to your company', addressForm('/sso', 'Sign in', kept, said), said ? 422 : 200);
        if (asked.method !== 'POST') return show();
        const person = this.people.get(form.get('email') ?? '');
        if (!person) return show('We do not know this address.');
        sendPage(answer, 'Signing in', postForm(trusted.acs, await this.response(trusted, request, person), kept.RelayState));
    }

    /** The request, and who sent it: somebody who is known here, and who wants the answer where it belongs. */
    private async read(encoded: string): Promise<[Trusted, Request]> {
        const query = { query: { SAMLRequest: encoded } };
        for (const trusted of this.trusted.values()) {
            const request = await this.idp().parseLoginRequest(this.sp(trusted), 'redirect', query);
            const { issuer, request: said } = request.extract;
            if (issuer !== trusted.entityId) continue;
            if (said?.['destination'] !== this.ssoUrl) throw new Error(`the request is for ${String(said?.['destination'])}`);
            const wanted = said?.['assertionConsumerServiceUrl'] ?? trusted.acs;
            if (wanted !== trusted.acs) throw new Error(`the answer is wanted at ${String(wanted)}`);
            return [trusted, request];
        }
        throw new Error('nobody who is trusted here asks');
    }

    /** In base64. */
    private async response(trusted: Trusted, request: Request, person: SamlPerson): Promise<string> {
        const id = () => `_${crypto.randomUUID()}`;
        const at = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
        const [from, until] = person.expired ? [at(-1200), at(-900)] : [at(0), at(300)];
        const inResponseTo = String(request.extract.request?.['id']);
        const values = {
            ID: id(),
            AssertionID: id(),
            Destination: trusted.acs,
            SubjectRecipient: trusted.acs,
            Audience: person.audience ?? trusted.entityId,
            Issuer: this.entityId,
            IssueInstant: from,
            StatusCode: 'urn:oasis:names:tc:SAML:2.0:status:Success',
            ConditionsNotBefore: from,
            ConditionsNotOnOrAfter: until,
            SubjectConfirmationDataNotOnOrAfter: until,
            NameIDFormat: NAME_ID[person.nameIdFormat],
            NameID: person.nameId,
            InResponseTo: inResponseTo,
        };
        const fill = (template: string) => {
            const whole = template
                .replace('{AuthnStatement}', authnStatement(from, id()))
                .replace('{AttributeStatement}', attributeStatement(person));
            return { id: values.ID, context: SamlLib.replaceTagsByValue(whole, values) };
        };
        const [idp, sp] = [this.idp(person.nameIdFormat), this.sp(trusted, person.signed)];
        return (await idp.createLoginResponse(sp, { ...request }, 'post', {}, fill)).context;
    }
}

function authnStatement(at: string, session: string): string {
    return (
        `<saml:AuthnStatement AuthnInstant="${at}" SessionIndex="${session}"><saml:AuthnContext>` +
        `<saml:AuthnContextClassRef>${PASSWORD_OVER_TLS}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>`
    );
}

function attributeStatement({ email, firstName, lastName, without }: SamlPerson): string {
    const all = { email, first_name: firstName, last_name: lastName };
    const said = Object.entries(all).filter(([name]) => !(without as string[]).includes(name));
    const attributes = said.map(
        ([name, value]) =>
            `<saml:Attribute Name="${name}" NameFormat="urn:oasis:names:tc:SAML:2.0:attrname-format:basic">` +
            `<saml:AttributeValue xsi:type="xs:string">${escape(value)}</saml:AttributeValue></saml:Attribute>`,
    );
    return attributes.length > 0 ? `<saml:AttributeStatement>${attributes.join('')}</saml:AttributeStatement>` : '';
}

/** Sends itself where scripts run; the button is for everybody else. */
function postForm(action: string, response: string, relayState: string): string {
    return `<form method="post" action="${escape(action)}">
<input type="hidden" name="SAMLResponse" value="${escape(response)}">
<input type="hidden" name="RelayState" value="${escape(relayState)}">
<p><button>Continue</button></p></form><script>document.forms[0].submit();</script>`;
}
