// SPDX-License-Identifier: Apache-2.0

/// The API in front of the function: all paths, with a key and a usage plan.
extension SAMTemplate {
    static var api: [String] {
        [
            "", "  # Keys and usage plans are there for REST APIs only. The function knows the paths.", "  Api:", "    Type: AWS::ApiGateway::RestApi",
            "    Properties:", "      Name: !Sub \"${AWS::StackName}-events\"", "      EndpointConfiguration: { Types: [REGIONAL] }",
            "", "  ApiProxy:", "    Type: AWS::ApiGateway::Resource", "    Properties:", "      RestApiId: !Ref Api", "      ParentId: !GetAtt Api.RootResourceId",
            "      PathPart: \"{proxy+}\"",
        ]
            + method("ApiMethod", "ANY", asksForKey: true) + method("ApiPreflight", "OPTIONS", asksForKey: false)
            + answer("ApiRefusals", "DEFAULT_4XX", title: "Refused") + answer("ApiThrottled", "THROTTLED", title: "Too Many Requests", status: 429, retryAfter: 1)
            + answer("ApiQuotaExceeded", "QUOTA_EXCEEDED", title: "Too Many Requests", status: 429, retryAfter: 3600)
            + answer("ApiFailures", "DEFAULT_5XX", title: "Failed")
            + [
                "", "  ApiPermission:", "    Type: AWS::Lambda::Permission", "    Properties:", "      FunctionName: !Ref Consumer",
                "      Action: lambda:InvokeFunction", "      Principal: apigateway.amazonaws.com",
                "      SourceArn: !Sub \"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/*\"",
                "", "  # A copy of the API as it is when this is made, so it waits for all of it.", "  ApiDeployment:", "    Type: AWS::ApiGateway::Deployment",
                "    DependsOn: [ApiMethod, ApiPreflight, ApiRefusals, ApiThrottled, ApiQuotaExceeded, ApiFailures]", "    Properties:",
                "      RestApiId: !Ref Api",
                "", "  ApiStage:", "    Type: AWS::ApiGateway::Stage", "    Properties:", "      RestApiId: !Ref Api", "      DeploymentId: !Ref ApiDeployment",
                "      StageName: v1",
                "", "  ApiKey:", "    Type: AWS::ApiGateway::ApiKey", "    Properties: { Enabled: true }",
                "", "  ApiUsagePlan:", "    Type: AWS::ApiGateway::UsagePlan", "    Properties:", "      ApiStages: [{ ApiId: !Ref Api, Stage: !Ref ApiStage }]",
                "      Throttle: { RateLimit: 50, BurstLimit: 100 }", "      Quota: { Limit: 100000, Period: DAY }",
                "", "  ApiUsagePlanKey:", "    Type: AWS::ApiGateway::UsagePlanKey", "    Properties:", "      KeyId: !Ref ApiKey", "      KeyType: API_KEY",
                "      UsagePlanId: !Ref ApiUsagePlan",
            ]
    }

    private static func method(_ name: String, _ method: String, asksForKey: Bool) -> [String] {
        [
            "", "  \(name):", "    Type: AWS::ApiGateway::Method", "    Properties:", "      RestApiId: !Ref Api", "      ResourceId: !Ref ApiProxy",
            "      HttpMethod: \(method)", "      AuthorizationType: NONE", "      ApiKeyRequired: \(asksForKey)", "      Integration:", "        Type: AWS_PROXY",
            "        IntegrationHttpMethod: POST",
            "        Uri: !Sub \"arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Consumer.Arn}/invocations\"",
        ]
    }

    /// What API Gateway answers itself, as a problem like the function's own, which any page may read: it tells nothing of the table.
    private static func answer(_ name: String, _ type: String, title: String, status: Int? = nil, retryAfter: Int? = nil) -> [String] {
        let status = status.map { "\"status\":\($0)," } ?? ""
        let lines = [
            "", "  \(name):", "    Type: AWS::ApiGateway::GatewayResponse", "    Properties:", "      RestApiId: !Ref Api", "      ResponseType: \(type)",
            "      ResponseTemplates:",
            "        application/json: '{\"title\":\"\(title)\",\(status)\"detail\":$context.error.messageString}'", "      ResponseParameters:",
            "        gatewayresponse.header.content-type: \"'application/problem+json'\"",
            "        gatewayresponse.header.access-control-allow-origin: \"'*'\"",
        ]
        return lines + (retryAfter.map { ["        gatewayresponse.header.retry-after: \"'\($0)'\""] } ?? [])
    }

    static var apiOutputs: [String] {
        [
            "  ApiUrl:", "    Value: !Sub \"https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${ApiStage}\"", "  ApiKeyId:", "    Value: !Ref ApiKey",
        ]
    }
}
