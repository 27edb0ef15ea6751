// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

extension TemporaryFolder {
    /// Puts the samples into it, so that what is written beside them goes with it.
    func addSamples() throws { try FileManager.default.copyItem(atPath: Repository.path("samples"), toPath: path("samples")) }
}
