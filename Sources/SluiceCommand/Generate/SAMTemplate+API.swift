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
            + [
                "", "  ApiPermission:", "    Type: AWS::Lambda::Permission", "    Properties:", "      FunctionName: !Ref Consumer",
                "      Action: lambda:InvokeFunction", "      Principal: apigateway.amazonaws.com",
                "      SourceArn: !Sub \"arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*/*/*\"",
                "", "  ApiDeployment:", "    Type: AWS::ApiGateway::Deployment", "    DependsOn: [ApiMethod, ApiPreflight]", "    Properties:",
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

    static var apiOutputs: [String] {
        [
            "  ApiUrl:", "    Value: !Sub \"https://${Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/${ApiStage}\"", "  ApiKeyId:", "    Value: !Ref ApiKey",
        ]
    }
}
