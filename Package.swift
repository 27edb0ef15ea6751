// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0

import PackageDescription

/// What every Swift target of the package is compiled with.
let settings: [SwiftSetting] = [
    .strictMemorySafety(),
    .enableExperimentalFeature("Lifetimes"),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

let package = Package(
    name: "sluice",
    platforms: [.macOS(.v15)],
    products: [
        .library(name: "Sluice", targets: ["Sluice"]),
        .library(name: "SluiceTesting", targets: ["SluiceTesting"]),
        .library(name: "StreamRecords", targets: ["StreamRecords"]),
        .library(name: "EventPatterns", targets: ["EventPatterns"]),
        .library(name: "JSONTape", targets: ["JSONTape"]),
        .library(name: "LambdaHost", targets: ["LambdaHost"]),
        .executable(name: "sluice", targets: ["SluiceCommand"]),
        .executable(name: "sluice-lambda", targets: ["SluiceLambda"]),
        .executable(name: "sluice-benchmark", targets: ["SluiceBenchmark"]),
    ],
    traits: [
        .trait(name: "SQLite", description: "The event table in a SQLite file (GRDB, needs libsqlite3)."),
        .trait(name: "AWS", description: "The client for AWS (AsyncHTTPClient, swift-crypto)."),
        .trait(name: "Server", description: "The HTTP server of sluice serve (Hummingbird)."),
        .default(enabledTraits: ["SQLite", "AWS", "Server"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
    ],
    targets: [
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(name: "CEnvironment"),
        .target(name: "CInstructions"),
        .target(name: "JSONTape", dependencies: ["CInstructions"], swiftSettings: settings),
        .target(name: "StreamRecords", dependencies: ["CInstructions", "CZlib", "JSONTape"], swiftSettings: settings),
        .target(name: "EventPatterns", dependencies: ["JSONTape"], swiftSettings: settings),
        .target(
            name: "Sluice",
            dependencies: [
                "EventPatterns", "JSONTape", "StreamRecords", .product(name: "CoreMetrics", package: "swift-metrics"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "SluiceTesting",
            dependencies: ["JSONTape", "Sluice", "StreamRecords", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .target(
            name: "EventTable", dependencies: ["JSONTape", "StreamRecords", "Sluice"],
            swiftSettings: settings),
        .target(
            name: "EventAPI", dependencies: ["EventTable", "JSONTape", "Sluice", "StreamRecords"], swiftSettings: settings),
        .testTarget(
            name: "EventAPITests",
            dependencies: [
                "EventAPI", "EventTable", "EventTableTestSupport", "JSONTape", "Sluice", "SQLiteEventTable", "StreamRecords", "TestSupport",
            ],
            swiftSettings: settings),
        .target(
            name: "EventServer",
            dependencies: [
                "EventAPI", "Sluice", "StreamRecords", .product(name: "Logging", package: "swift-log"),
                .product(name: "CoreMetrics", package: "swift-metrics", condition: .when(traits: ["Server"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Server"])),
                .product(name: "HummingbirdTLS", package: "hummingbird", condition: .when(traits: ["Server"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOExtras", package: "swift-nio-extras", condition: .when(traits: ["Server"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Server"])),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle", condition: .when(traits: ["Server"])),
                .product(name: "UnixSignals", package: "swift-service-lifecycle", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: settings),
        .target(
            name: "SQLiteEventTable",
            dependencies: [
                "EventTable", "JSONTape", "Sluice", "StreamRecords",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: settings),
        .target(
            name: "LambdaHost",
            dependencies: ["CEnvironment", "EventAPI", "EventTable", "JSONTape", "Sluice", "StreamRecords", .product(name: "Logging", package: "swift-log")],
            swiftSettings: settings),
        .executableTarget(
            name: "SluiceLambda",
            dependencies: [
                "AWSClient", "AWSSinks", "EventTable", "LambdaHost", "Sluice", .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "AWSSigner",
            dependencies: [.product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["AWS"]))],
            swiftSettings: settings),
        .target(
            name: "AWSClient",
            dependencies: [
                "AWSSigner", "JSONTape", "StreamRecords", .product(name: "Logging", package: "swift-log"),
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["AWS"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["AWS"])),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "Subprocess", package: "swift-subprocess", condition: .when(traits: ["AWS"])),
                .product(name: "SystemPackage", package: "swift-system", condition: .when(traits: ["AWS"])),
            ],
            swiftSettings: settings),
        .target(
            name: "AWSSinks",
            dependencies: [
                "AWSClient", "AWSSigner", "EventTable", "JSONTape", "Sluice", "StreamRecords", .product(name: "Logging", package: "swift-log"),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["AWS"])),
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "SluiceCommand",
            dependencies: [
                "AWSClient", "AWSSinks", "EventAPI", "EventPatterns", "EventServer", "EventTable", "JSONTape", "LambdaHost", "Sluice", "SluiceTesting", "SQLiteEventTable",
                "StreamRecords", "Yams",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "ReferenceDecoder", dependencies: ["CZlib"], path: "Tests/ReferenceDecoder", swiftSettings: settings),
        .executableTarget(
            name: "SluiceBenchmark",
            dependencies: [
                "AWSClient", "AWSSigner", "AWSSinks", "EventPatterns", "JSONTape", "ReferenceDecoder", "Sluice", "StreamRecords", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "AsyncHTTPClient", package: "async-http-client", condition: .when(traits: ["AWS"])),
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["AWS"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["AWS"])),
            ],
            swiftSettings: settings),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .target(name: "RuntimeServer", path: "Tests/RuntimeServer", swiftSettings: settings),
        .testTarget(
            name: "LambdaHostTests",
            dependencies: [
                "EventAPI", "EventTable", "JSONTape", "LambdaHost", "RuntimeServer", "Sluice", "SQLiteEventTable", "StreamRecords", "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "SluiceLambdaTests",
            dependencies: ["AWSClient", "AWSSigner", "AWSSinks", "AWSTestSupport", "JSONTape", "ReferenceDecoder", "RuntimeServer", "SluiceLambda", "TestSupport"],
            swiftSettings: settings),
        .testTarget(
            name: "SluiceTests",
            dependencies: [
                "EventPatterns", "EventTable", "JSONTape", "MetricsTestSupport", "Sluice", "SluiceTesting", "StreamRecords", "TestSupport",
                .product(name: "CoreMetrics", package: "swift-metrics"), .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings),
        .target(
            name: "MetricsTestSupport", dependencies: [.product(name: "CoreMetrics", package: "swift-metrics")],
            path: "Tests/MetricsTestSupport", swiftSettings: settings),
        .testTarget(
            name: "SluiceCommandTests",
            dependencies: [
                "AWSSigner", "AWSTestSupport", "EventAPI", "EventServer", "EventTable", "JSONTape", "MetricsTestSupport", "ReferenceDecoder",
                "RuntimeServer", "Sluice", "SluiceCommand", "SQLiteEventTable", "StreamRecords", "TestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CoreMetrics", package: "swift-metrics"), .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["Server"])),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["Server"])),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "AWSSinksTests",
            dependencies: [
                "AWSClient", "AWSSigner", "AWSSinks", "AWSTestSupport", "EventTable", "EventTableTestSupport", "JSONTape", "LambdaHost", "Sluice",
                "SluiceTesting", "StreamRecords", "TestSupport",
                .product(name: "Crypto", package: "swift-crypto", condition: .when(traits: ["AWS"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["AWS"])),
            ],
            swiftSettings: settings),
        .target(
            name: "AWSTestSupport",
            dependencies: [
                "AWSClient", "AWSSigner", "JSONTape", "StreamRecords", "TestSupport", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["AWS"])),
            ],
            path: "Tests/AWSTestSupport", swiftSettings: settings),
        .testTarget(
            name: "AWSSignerTests", dependencies: ["AWSSigner", "JSONTape", "TestSupport"], resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "AWSClientTests",
            dependencies: [
                "AWSClient", "AWSSigner", "AWSTestSupport", "JSONTape", "StreamRecords", "TestSupport", .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOHTTP1", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "NIOPosix", package: "swift-nio", condition: .when(traits: ["AWS"])),
                .product(name: "Subprocess", package: "swift-subprocess", condition: .when(traits: ["AWS"])),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "EventTableTests", dependencies: ["EventTable", "JSONTape", "Sluice", "StreamRecords", "TestSupport"],
            resources: [.copy("Fixtures")], swiftSettings: settings),
        .testTarget(
            name: "SQLiteEventTableTests",
            dependencies: [
                "EventTable", "EventTableTestSupport", "JSONTape", "Sluice", "SluiceTesting", "SQLiteEventTable", "StreamRecords", "TestSupport",
                .product(name: "GRDB", package: "GRDB.swift", condition: .when(traits: ["SQLite"])),
            ],
            swiftSettings: settings),
        .target(
            name: "EventTableTestSupport", dependencies: ["EventTable", "Sluice", "StreamRecords", "TestSupport"], path: "Tests/EventTableTestSupport",
            swiftSettings: settings),
        .testTarget(
            name: "JSONTapeTests", dependencies: ["CInstructions", "JSONTape", "ReferenceDecoder", "TestSupport"], resources: [.copy("Fixtures")],
            swiftSettings: settings),
        .testTarget(
            name: "EventPatternsTests", dependencies: ["EventPatterns", "JSONTape", "TestSupport"], resources: [.copy("Fixtures")],
            swiftSettings: settings),
        .testTarget(
            name: "StreamRecordsTests", dependencies: ["JSONTape", "ReferenceDecoder", "StreamRecords", "TestSupport"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
