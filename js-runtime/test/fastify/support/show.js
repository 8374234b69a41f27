// Prints an injected response so that two hosts can be compared: without the date.
export function show(label, response) {
  const { date, ...headers } = response.headers;
  console.log(`# ${label}`);
  console.log(response.statusCode, JSON.stringify(headers));
  if (response.payload !== "") console.log(response.payload);
}

// Runs `fn` and prints the error it throws or rejects with.
export async function failing(label, fn) {
  try {
    await fn();
    console.log(`# ${label}: no error`);
  } catch (error) {
    console.log(`# ${label}: ${error.name} ${error.code} ${error.statusCode} ${error.message}`);
  }
}
