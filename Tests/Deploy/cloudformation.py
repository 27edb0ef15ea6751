# SPDX-License-Identifier: Apache-2.0
"""Works out what a CloudFormation template means for given parameters: as much of it as our template uses.

Parameters, conditions and intrinsic functions are evaluated as CloudFormation does it. What only a deployment could tell, such
as a queue's URL, stands as a token: `{Queue}` for a Ref, `{Queue.Arn}` for a GetAtt.
"""

import re

PSEUDO_PARAMETERS = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
    "AWS::StackName": "sluice",
    "AWS::URLSuffix": "amazonaws.com",
}


class TemplateError(Exception):
    """A template, or parameters for it, that CloudFormation would refuse."""


class _NoValue:
    """What `AWS::NoValue` gives: the property or element goes away."""


NO_VALUE = _NoValue()


def _text(value):
    """A scalar as CloudFormation compares it: as text."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _function(value):
    """The name and the argument where the value is an intrinsic function."""
    if isinstance(value, dict) and len(value) == 1:
        name = next(iter(value))
        if name in ("Ref", "Condition") or (isinstance(name, str) and name.startswith("Fn::")):
            return name, value[name]
    return None, None


class Stack:
    """A template with its parameters set.

    `resources` are those whose condition holds, their `Properties` resolved; `outputs` likewise. `problems` tells what could
    not be resolved, and where.
    """

    def __init__(self, template, parameters=None):
        self.template = template
        self.problems = []
        self.parameters = self._read_parameters(parameters or {})
        self._conditions = {}
        self.conditions = {name: self.condition(name) for name in template.get("Conditions", {})}
        self._present = {
            name for name, resource in template["Resources"].items()
            if "Condition" not in resource or self.condition(resource["Condition"])
        }
        self.resources = {}
        for name, resource in template["Resources"].items():
            if name in self._present:
                resolved = dict(resource)
                resolved["Properties"] = self.resolve(resource.get("Properties", {}), name)
                self.resources[name] = resolved
                self._check_dependencies(name, resource.get("DependsOn", []))
        self.outputs = {
            name: self.resolve(output["Value"], f"Outputs.{name}")
            for name, output in template.get("Outputs", {}).items()
            if "Condition" not in output or self.condition(output["Condition"])
        }

    def of_type(self, kind):
        """The resources of a type: (name, properties)."""
        return [(name, each["Properties"]) for name, each in self.resources.items() if each["Type"] == kind]

    # ---- parameters and conditions ----

    def _read_parameters(self, given):
        declared = self.template.get("Parameters", {})
        for name in given:
            if name not in declared:
                raise TemplateError(f"there is no parameter {name}")
        values = {}
        for name, parameter in declared.items():
            if name not in given and "Default" not in parameter:
                raise TemplateError(f"the parameter {name} has no value")
            value = given.get(name, parameter.get("Default"))
            self._check_parameter(name, parameter, value)
            is_list = parameter["Type"] in ("CommaDelimitedList", "List<Number>")
            values[name] = [part.strip() for part in _text(value).split(",")] if is_list else value
        return values

    @staticmethod
    def _check_parameter(name, parameter, value):
        text = _text(value)
        if "AllowedValues" in parameter and text not in [_text(each) for each in parameter["AllowedValues"]]:
            raise TemplateError(f"the parameter {name} cannot be {text!r}")
        if "AllowedPattern" in parameter and not re.fullmatch(parameter["AllowedPattern"], text):
            raise TemplateError(f"the parameter {name} cannot be {text!r}")
        if parameter["Type"] == "Number":
            if not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", text):
                raise TemplateError(f"the parameter {name} is no number: {text!r}")
            if float(text) < float(parameter.get("MinValue", "-inf")) or float(text) > float(parameter.get("MaxValue", "inf")):
                raise TemplateError(f"the parameter {name} cannot be {text}")

    def condition(self, name):
        """Whether a condition holds."""
        if name not in self._conditions:
            if name not in self.template.get("Conditions", {}):
                raise TemplateError(f"there is no condition {name}")
            self._conditions[name] = None
            self._conditions[name] = self._holds(self.template["Conditions"][name], name)
        if self._conditions[name] is None:
            raise TemplateError(f"the condition {name} rests on itself")
        return self._conditions[name]

    def _holds(self, expression, place):
        name, argument = _function(expression)
        if name == "Condition":
            return self.condition(argument)
        if name == "Fn::Equals":
            left, right = (self.resolve(each, place) for each in argument)
            return _text(left) == _text(right)
        if name == "Fn::Not":
            return not self._holds(argument[0], place)
        if name in ("Fn::And", "Fn::Or"):
            if not 2 <= len(argument) <= 10:
                raise TemplateError(f"{place}: {name} takes 2 to 10 conditions")
            return (all if name == "Fn::And" else any)([self._holds(each, place) for each in argument])
        raise TemplateError(f"{place}: not a condition: {expression!r}")

    # ---- values ----

    def resolve(self, value, place):
        """The value with every intrinsic function worked out; of Fn::If only the branch that is taken."""
        name, argument = _function(value)
        if name is not None:
            return self._apply(name, argument, place)
        if isinstance(value, dict):
            members = {key: self.resolve(each, f"{place}.{key}") for key, each in value.items()}
            return {key: each for key, each in members.items() if each is not NO_VALUE}
        if isinstance(value, list):
            elements = [self.resolve(each, f"{place}[{index}]") for index, each in enumerate(value)]
            return [each for each in elements if each is not NO_VALUE]
        return value

    def _apply(self, name, argument, place):
        if name == "Ref":
            return self._reference(argument, place)
        if name == "Fn::GetAtt":
            resource, attribute = argument.split(".", 1) if isinstance(argument, str) else argument
            return self._attribute(resource, attribute, place)
        if name == "Fn::If":
            condition, then, otherwise = argument
            return self.resolve(then if self.condition(condition) else otherwise, place)
        if name == "Fn::Sub":
            return self._substitute(argument, place)
        if name == "Fn::Join":
            separator, parts = argument
            return separator.join(_text(each) for each in self.resolve(parts, place))
        if name == "Fn::Split":
            separator, text = argument
            return self.resolve(text, place).split(separator)
        if name == "Fn::Select":
            index, elements = argument
            return self.resolve(elements, place)[int(index)]
        if name == "Condition":
            # A policy statement's member of that name.
            return {"Condition": self.resolve(argument, place)}
        raise TemplateError(f"{place}: {name} is not known here")

    def _reference(self, name, place):
        if name == "AWS::NoValue":
            return NO_VALUE
        if name in PSEUDO_PARAMETERS:
            return PSEUDO_PARAMETERS[name]
        if name in self.parameters:
            return self.parameters[name]
        self._check_present(name, place)
        return "{%s}" % name

    def _attribute(self, resource, attribute, place):
        self._check_present(resource, place)
        return "{%s.%s}" % (resource, attribute)

    def _substitute(self, argument, place):
        text, variables = (argument, {}) if isinstance(argument, str) else argument
        known = {name: self.resolve(value, place) for name, value in variables.items()}

        def replace(match):
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            if name in known:
                return _text(known[name])
            if "." in name:
                return self._attribute(*name.split(".", 1), place)
            return _text(self._reference(name, place))

        return re.sub(r"\$\{([^}]+)\}", replace, text)

    def _check_dependencies(self, name, dependencies):
        for each in [dependencies] if isinstance(dependencies, str) else dependencies:
            self._check_present(each, f"{name}.DependsOn")

    def _check_present(self, name, place):
        if name not in self.template["Resources"]:
            self.problems.append(f"{place} refers to {name}, which is not in the template")
        elif name not in self._present:
            self.problems.append(f"{place} refers to {name}, which is left out by {self.template['Resources'][name]['Condition']}")
