import CostModels
import Documents
import Hardware
import Parallelism
import Search
import Studies
import Workload

extension SourceLocation {
    /// The place in words: a flag has a name and no line.
    var said: String { file.hasPrefix("-") ? file : "\(self)" }
}

/// Reads each file that a study names once; what is wrong with a name is said at its place in the study.
struct StudyFiles {
    /// What was read, by the names in the study.
    struct Contents {
        var models: [String: PlanFiles.File<TransformerModel>] = [:]
        var clusters: [Study.Cluster: PlanFiles.File<ClusterProfile>] = [:]
        var stacks: [String: PlanFiles.File<SoftwareStack>] = [:]
        var uncertainty: (value: FittedUncertainty, digest: String)
    }

    private let study: Study
    private let library: ProfileLibrary

    init(_ study: Study, _ library: ProfileLibrary) { (self.study, self.library) = (study, library) }

    /// Everything that the study's cells ask for.
    func read() throws -> Contents {
        var contents = Contents(uncertainty: try PlanFiles.uncertainty(library))
        for entry in study.models {
            contents.models[entry.value] = try placed(entry.location) { try PlanFiles.model(entry.value, library) }
        }
        for entry in study.clusters {
            let name = entry.value.isGPU ? ProfileLibrary.usualPrefix + entry.value.name : entry.value.name
            let file = try placed(entry.location) { try PlanFiles.cluster(name, library) }
            AssumedCluster.say(name, file.value)
            contents.clusters[entry.value] = file
        }
        let stated = study.stacks.compactMap { $0 }
        for entry in stated where entry.value != StackOption.any {
            contents.stacks[entry.value] = try placed(entry.location) { try PlanFiles.stack(entry.value, library) }
        }
        if stated.count < study.stacks.count || stated.contains(where: { $0.value == StackOption.any }) {
            for method in study.methods {
                let name = StackOption.usual(for: method ?? .pretrain)
                contents.stacks[name] = try PlanFiles.stack(name, library)
            }
        }
        return contents
    }

    /// Runs a reading, and puts what is wrong with a name at its place.
    private func placed<Value>(_ place: SourceLocation, _ read: () throws -> Value) throws -> Value {
        do {
            return try read()
        } catch let error as HardwareError {
            throw CommandFailure(.badInput, "\(place.said): \(error)")
        }
    }
}
