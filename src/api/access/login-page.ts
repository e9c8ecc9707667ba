/** The login page. It needs no script. */
export function loginPage(isWrong: boolean): string {
  const hint = isWrong ? "<p><strong>The token is wrong.</strong></p>" : "";
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>muster</title>
<h1>muster</h1>
<p>This page needs the token that the master was started with (<code>--web-token</code>).</p>
${hint}
<form action="/login" method="post"><label>Token <input name="token" type="password" autocomplete="current-password" required autofocus></label> <button>Open</button></form>
</html>
`;
}
