/** The shape of what the magazine publishes. Plain data only: all of it travels to the browser as JSON. */

export type Block =
  | { kind: 'p' | 'h2' | 'quote' | 'code'; text: string }
  | { kind: 'list'; items: string[] };

export interface PostSummary {
  id: string;
  /** Language the post is written in, which need not be the language of the page around it. */
  lang: string;
  title: string;
  author: string;
  /** `YYYY-MM-DD`; always shown in UTC so that server and browser agree. */
  date: string;
  tags: string[];
  minutes: number;
  views: number;
  excerpt: string;
  commentCount: number;
}

export interface Post extends PostSummary {
  likes: number;
  body: Block[];
}

export interface Comment {
  id: string;
  author: string;
  date: string;
  text: string;
}

export type Order = 'oldest' | 'newest';

/** Everything one page needs, as the loader returns it. */
export type Page =
  | { type: 'list'; tag: string | null; posts: PostSummary[] }
  | { type: 'post'; post: Post }
  | { type: 'comments'; post: PostSummary; order: Order; comments: Comment[] }
  | { type: 'notFound'; path: string };
