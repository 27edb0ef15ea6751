// SPDX-License-Identifier: Apache-2.0
// recorded(handler) keeps what a Lambda function was given and what it answered: by the API, or by invoking the function SLUICE_FUNCTION.
export async function save(row) {
  const { SLUICE_API_URL: url, SLUICE_API_KEY: key, SLUICE_FUNCTION: name } = process.env;
  if (url) {
    const headers = { "content-type": "application/json", "x-api-key": key };
    const answer = await fetch(url + "/executions", { method: "POST", headers, body: JSON.stringify(row) });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail ?? told.message);
    return told;
  }
  const { LambdaClient, InvokeCommand } = await import("@aws-sdk/client-lambda");
  const answer = await new LambdaClient().send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(row) }));
  const told = JSON.parse(new TextDecoder().decode(answer.Payload));
  if (answer.FunctionError) throw new Error(told.errorMessage);
  return told;
}
export const recorded = (handler) => async (event, context) => {
  const response = await handler(event, context);
  await save({ aws_request_id: context.awsRequestId, FunctionName: context.functionName, params: event, response });
  return response;
};
