/** Which languages there are, and how a request or a reader gets one. The texts are in `content/locales`. */

export const locales = ['en', 'fr', 'es'];
export const defaultLocale = 'en';
export const namespace = 'common';

/** A language is called by its own name, whatever the page speaks. */
export const localeNames: Record<string, string> = { en: 'English', fr: 'Français', es: 'Español' };

/** The locale that `?lang=` names; null when it names none of ours. */
export function toLocale(lang: string | undefined): string | null {
  const locale = lang?.toLowerCase();
  return locale !== undefined && locales.includes(locale) ? locale : null;
}
