import Foundation
import Hardware
import Workload

extension ProfileLibrary {
    /// The shipped data of this installation: beside the executable, above it in a checkout, or where `MESHWRIGHT_DATA` says.
    static var installed: ProfileLibrary {
        ProfileLibrary(
            executable: Bundle.main.executablePath ?? CommandLine.arguments.first ?? "", environment: ProcessInfo.processInfo.environment)
    }

    /// The model that a path or a shipped name means.
    func model(_ name: String) throws -> TransformerModel {
        try ModelDocument.read(path: path(of: .model, named: name))
    }
}
