// SPDX-License-Identifier: Apache-2.0

#if AWS
internal import JSONTape
internal import NIOPosix
internal import SystemPackage

/// Reads small files: settings and tokens. On a thread of NIO's for blocking work, not on one of those that tasks run on.
enum FileText {
    /// Far more than any settings file has.
    private static let maximumBytes = 1 << 20

    /// Stands beneath the error where the file is there, or may be, and this process may not read it.
    struct Denied: Error {}

    /// - Returns: absent where there is no such file.
    static func read(_ path: String) async throws(AWSError) -> String? {
        do {
            return try await NIOThreadPool.singleton.runIfActive { try readNow(path) }
        } catch let error as AWSError {
            throw error
        } catch {
            throw AWSError(.configuration, "\(path): cannot be read: \(error)", underlying: error)
        }
    }

    private static func readNow(_ path: String) throws -> String? {
        let file: FileDescriptor
        do {
            file = try FileDescriptor.open(FilePath(path), .readOnly)
        } catch Errno.noSuchFileOrDirectory, Errno.notDirectory {
            return nil
        } catch Errno.permissionDenied {
            throw AWSError(.configuration, "\(path): this process may not read it", underlying: Denied())
        }
        defer { try? file.close() }
        var buffer = JSONBuffer()
        while try buffer.read(from: file.rawValue, upTo: 1 << 16) > 0 {
            if buffer.count > maximumBytes { throw AWSError(.configuration, "\(path): larger than \(maximumBytes) bytes") }
        }
        guard let text = String(validating: buffer.copy(of: 0..<buffer.count), as: UTF8.self) else {
            throw AWSError(.configuration, "\(path): not UTF-8")
        }
        return text
    }
}

#endif
