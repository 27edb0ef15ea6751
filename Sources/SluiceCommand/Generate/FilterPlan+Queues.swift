// SPDX-License-Identifier: Apache-2.0

import EventPatterns
import JSONTape
import Sluice
import StreamRecords

/// Filters of queues, on their messages' bodies.
///
/// What such a filter lets go is deleted from the queue. A pattern for a body that is JSON lets go every one that is not
/// ([bodies](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html)), so it says only what no other body can meet. Nothing else of a message
/// is asked for. Nor are ranges of numbers: AWS
/// [promises](https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html) them for five thousand millions and fifteen
/// digits only, which the time in a message may well exceed.
extension FilterPlan {
    static func queueCriteria(for source: DeploymentPlan.Source, _ routes: [Route]) -> Criteria {
        let concerned = routes.filter { takes($0, source) && !$0.asksForImages }
        if concerned.isEmpty { return .nothing }
        var patterns: [String] = []
        for route in routes where !route.asksForImages {
            var needed: [Body] = []
            if takes(route, source) { needed.append(body(ofMessagesFor: route)) }
            // A queue carries events of buses too, whole, each as a body. They are records of a bus, whichever queue they come from.
            if route.possibleKinds.contains(.event) { needed.append(body(ofEventsFor: route)) }
            for body in needed {
                switch body {
                case .any(let reason): return .none(reason)
                case .fields(let fields):
                    let pattern = JSONValue.object([JSONMember(name: "body", value: .object(fields))]).text
                    if pattern.utf16.count > longestPattern {
                        return .none("the route “\(route.name)” needs a pattern of \(pattern.utf16.count) characters, and a filter has \(longestPattern)")
                    }
                    if !patterns.contains(pattern) { patterns.append(pattern) }
                }
            }
        }
        if patterns.count > mostPatterns { return .none("the routes need \(patterns.count) patterns, and a mapping has \(mostPatterns)") }
        return .patterns(patterns)
    }

    /// What a route asks of a body.
    private enum Body {
        case fields([JSONMember])
        /// Why any will do.
        case any(String)
    }

    private static func body(ofMessagesFor route: Route) -> Body {
        guard let pattern = route.eventPattern else { return .any("the route “\(route.name)” takes all of its messages") }
        guard let fields = FilterWords.fields(of: pattern, in: "body", hasRanges: false) else {
            return .any(
                pattern.description.contains(OpenConditions.mark)
                    ? "the route “\(route.name)” has conditions with variables, whose values a filter does not know"
                    : "the route “\(route.name)” asks nothing of a message's body for which a filter has words")
        }
        guard !isMetWithoutFields(fields) else {
            return .any("the route “\(route.name)” takes messages whose bodies are not JSON, and a filter that looks into bodies deletes them")
        }
        return .fields(fields)
    }

    /// Whether a body that is no object has all that is asked for, which is then the absence of something.
    private static func isMetWithoutFields(_ fields: [JSONMember]) -> Bool {
        guard let pattern = try? EventPattern(JSONValue.object(fields).text), let isMatch = try? pattern.matches(json: "{}") else { return true }
        return isMatch
    }

    private static func body(ofEventsFor route: Route) -> Body {
        let taken = "the route “\(route.name)” takes events of buses, which a queue may carry"
        guard let pattern = route.eventPattern else { return .any(taken) }
        guard let fields = FilterWords.fields(of: pattern, hasRanges: false) else { return .any("\(taken), and asks nothing of them for which a filter has words") }
        return .fields(fields)
    }
}

extension Route {
    /// Whether it takes changes only, by a condition that nothing else can meet.
    var asksForImages: Bool {
        conditions.contains { condition in
            switch condition {
            case .changed, .was, .becomes: true
            case .kind, .source, .operation, .event, .eventOtherThan: false
            }
        }
    }

    /// The pattern that what AWS sends has to match.
    fileprivate var eventPattern: EventPattern? {
        for condition in conditions {
            if case .event(let pattern) = condition { return pattern }
        }
        return nil
    }
}
