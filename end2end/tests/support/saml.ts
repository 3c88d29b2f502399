// What the SAML identity providers of the tests have in common, whichever software answers: whom they know, and their pages.

import { randomBytes } from 'node:crypto';
import type { Page } from '@playwright/test';
import { leaves } from './page.ts';

export type Attribute = 'email' | 'first_name' | 'last_name';

/** How an identity provider knows somebody, and what it says of them. */
export interface SamlPerson {
    email: string;
    firstName: string;
    lastName: string;
    nameId: string;
    nameIdFormat: 'persistent' | 'emailAddress';
    /** What is signed. */
    signed: 'assertion' | 'response';
    /** Attributes that it keeps to itself. */
    without: Attribute[];
    /** Another audience than the console that asked. */
    audience: string | null;
    /** Whether all that it says has ended already. */
    expired: boolean;
}

/** What an administrator of a console copies from an identity provider. */
export interface Facts {
    readonly entityId: string;
    readonly ssoUrl: string;
    /** PEM. */
    readonly certificate: string;
    readonly metadataUrl: string;
    readonly metadata: string;
}

export interface SamlProvider extends Facts {
    /** Answers this console from now on. Its metadata is read, as administrators of identity providers do it. */
    trust(metadataUrl: string): Promise<void>;
    /** Makes an account. What is not said is as it should be. */
    know(person: Pick<SamlPerson, 'email'> & Partial<SamlPerson>): Promise<SamlPerson>;
    close(): Promise<void>;
}

/** Noon, so that it is the same day everywhere where people look at it. */
export const CERTIFICATE_ENDS = new Date('2031-05-17T12:00:00Z');
export const CERTIFICATE_DAY = '17 May 2031';

export function samlPerson(person: Pick<SamlPerson, 'email'> & Partial<SamlPerson>): SamlPerson {
    return {
        firstName: 'Grace',
        lastName: 'Hopper',
        nameId: randomBytes(16).toString('hex'),
        nameIdFormat: 'persistent',
        signed: 'assertion',
        without: [],
        audience: null,
        expired: false,
        ...person,
    };
}

/** To change one of them. */
export function factsOf({ entityId, ssoUrl, certificate, metadataUrl, metadata }: Facts): Facts {
    return { entityId, ssoUrl, certificate, metadataUrl, metadata };
}

export async function fetchText(address: string): Promise<string> {
    const answer = await fetch(address);
    if (!answer.ok) throw new Error(`${address}: ${answer.status}`);
    return answer.text();
}

/** Signs in at an identity provider. With scripts its answer is sent by itself; without, a button sends it. */
export async function signInAtProvider(page: Page, email: string): Promise<void> {
    await leaves(page, page.getByRole('heading', { name: 'Sign in to your company' }));
    const scripts = await page.locator('body[data-scripts]').count();
    await page.getByLabel('Email').fill(email);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    if (scripts === 0) await page.getByRole('button', { name: 'Continue', exact: true }).click();
}
