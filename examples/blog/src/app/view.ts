/** What components read: texts, numbers and dates in the current language, links, and the page's title. No markup. */
import { createFormatters, createTranslator } from '@composable-svelte/core/i18n';
import { namespace } from './i18n';
import { hrefOf, type Destination } from './routes';
import type { AppState } from './state';

/** UTC, because server and browser must write the same date whatever their time zones. */
const longDate: Intl.DateTimeFormatOptions = { dateStyle: 'long', timeZone: 'UTC' };

export type View = ReturnType<typeof createView>;

/** Binds translations, formats and links to one state. */
export function createView(state: AppState) {
  const t = createTranslator(state.i18n, namespace);
  const formatters = createFormatters(state.i18n);
  return {
    t,
    locale: state.i18n.currentLocale,
    date: (iso: string) => formatters.date(iso, longDate),
    number: (value: number) => formatters.number(value),
    /** Link within the app; carries the language along when the reader chose one in the URL. */
    href: (destination: Destination, lang = state.lang) => hrefOf({ destination, lang }),
  };
}

/** Title and description of the page on the screen, for `<svelte:head>`. */
export function describePage({ page }: AppState, { t }: View): { title: string; description: string } {
  const title = (text: string) => `${text} · ${t('site')}`;
  switch (page.type) {
    case 'list':
      return page.tag
        ? { title: title(t('tagged', { tag: page.tag })), description: t('posts', { count: page.posts.length }) }
        : { title: t('site'), description: t('tagline') };
    case 'post':
      return { title: title(page.post.title), description: page.post.excerpt };
    case 'comments':
      return {
        title: title(t('commentsOn', { title: page.post.title })),
        description: t('commentsDescription', { count: page.comments.length, title: page.post.title }),
      };
    case 'notFound':
      return { title: title(t('notFoundTitle')), description: t('notFoundText', { path: page.path }) };
  }
}
