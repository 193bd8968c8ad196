import Documents

/// A value of Python as far as it is certain.
enum PythonValue {
    /// A number, a word such as `True`, or a text.
    case scalar(YAMLScalar)
    case list([PythonValue], SourceLocation)
    case object(PythonObject)
    /// What only a running Python would know, in words that follow "depends on".
    case unknown(String, SourceLocation)

    /// A whole number.
    var number: Int? {
        guard case .scalar(let scalar) = self, !scalar.isQuoted else { return nil }
        return Int(scalar.text)
    }

    /// A text.
    var text: String? {
        guard case .scalar(let scalar) = self, scalar.isQuoted else { return nil }
        return scalar.text
    }

    /// A whole number that stands at a place.
    static func number(_ number: Int, _ location: SourceLocation) -> PythonValue {
        .scalar(YAMLScalar(text: String(number), isQuoted: false, location: location))
    }

    /// A text that stands at a place.
    static func text(_ text: String, _ location: SourceLocation) -> PythonValue {
        .scalar(YAMLScalar(text: text, isQuoted: true, location: location))
    }
}

/// An object of Python with its fields in the order in which they were set; a class, since names of Python share objects.
final class PythonObject {
    /// The class or function that it was made by, dots included.
    let kind: String
    /// Positional arguments of the call that made it.
    let arguments: [PythonValue]
    /// Its fields.
    private(set) var fields: [(name: String, value: PythonValue)] = []
    let location: SourceLocation

    init(kind: String, arguments: [PythonValue] = [], location: SourceLocation) {
        self.kind = kind
        self.arguments = arguments
        self.location = location
    }

    /// A field; nil where it was never set.
    subscript(_ name: String) -> PythonValue? {
        get { fields.first { $0.name == name }?.value }
        set {
            guard let newValue else { return }
            if let index = fields.firstIndex(where: { $0.name == name }) {
                fields[index].value = newValue
            } else {
                fields.append((name, newValue))
            }
        }
    }

    /// The object of a field, made where there is none.
    func inner(_ name: String, _ location: SourceLocation) -> PythonObject {
        if case .object(let object)? = self[name] { return object }
        let object = PythonObject(kind: "", location: location)
        self[name] = .object(object)
        return object
    }

    /// One like it that changes alone.
    func copy() -> PythonObject {
        let copy = PythonObject(kind: kind, arguments: arguments, location: location)
        for (name, value) in fields {
            if case .object(let object) = value { copy[name] = .object(object.copy()) } else { copy[name] = value }
        }
        return copy
    }
}
